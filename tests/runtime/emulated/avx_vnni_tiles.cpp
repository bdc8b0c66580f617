// The source of these tiles, with instructions that every machine has.
#include "tests/runtime/emulated/machine.h"

#define avx_vnni_tiles emulated_avx_vnni_tiles
#include "runtime/cpu/avx2/vnni.cpp"
