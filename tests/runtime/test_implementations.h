#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "runtime/cpu/implementation.h"

/// Ways of computing for tests of what stands between implementations.
namespace zsq::runtime {

/// A list of implementations and a name for it.
struct CpuPath {
  std::string name;
  std::vector<const cpu::Implementation*> implementations;
  friend std::ostream& operator<<(std::ostream& out, const CpuPath& path) { return out << path.name; }
};

/// Each implementation of this machine with those behind it; the same where every slot's channel stride is
/// padded, each slot's otherwise than its neighbour's; the emulated ones; and the best behind one that takes two steps at once.
std::vector<CpuPath> cpu_paths_to_test();

}  // namespace zsq::runtime
