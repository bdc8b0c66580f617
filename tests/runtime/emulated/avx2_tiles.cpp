// The source of these tiles, with instructions that every machine has.
#include "tests/runtime/emulated/machine.h"

#define avx2_tiles emulated_avx2_tiles
#include "runtime/cpu/avx2/tiles.cpp"
