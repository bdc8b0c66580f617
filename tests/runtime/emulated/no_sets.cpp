#include "tests/runtime/emulated/sets.h"

namespace zsq::runtime {

std::span<const cpu::InstructionSet> emulated_sets() { return {}; }

}  // namespace zsq::runtime
