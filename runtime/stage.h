#pragma once

#include <cstddef>
#include <vector>

namespace zsq::runtime {

/// Consecutive steps of a plan that one kernel computes together: most often one.
struct Stage {
  std::size_t first = 0, count = 1;
  std::size_t end() const { return first + count; }
  bool operator==(const Stage&) const = default;
};

}  // namespace zsq::runtime
