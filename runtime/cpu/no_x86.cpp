#include <array>

#include "runtime/cpu/instruction_sets.h"

namespace zsq::runtime::cpu {

std::span<const InstructionSet> instruction_sets() {
  static const std::array kSets{InstructionSet{"portable", [] { return true; }, &portable_kernels()}};
  return kSets;
}

}  // namespace zsq::runtime::cpu
