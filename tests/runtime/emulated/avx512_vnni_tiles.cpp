// The source of these tiles, with instructions that every machine has.
#include "tests/runtime/emulated/machine.h"

#define avx512_vnni_tiles emulated_avx512_vnni_tiles
#include "runtime/cpu/avx512/vnni.cpp"
