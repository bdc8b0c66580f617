// The source of these tiles, with instructions that every machine has.
#include "tests/runtime/emulated/machine.h"

#define amx_tiles emulated_amx_tiles
#include "runtime/cpu/amx/tiles.cpp"
