#include "graph/architectures/blueprint.h"

#include <algorithm>

namespace zsq {

std::optional<Shape> convolution(const StateDict& state, std::string_view weight) {
  constexpr std::int64_t kMost = 4096;  // a builder multiplies them
  const auto found = state.find(weight);
  if (found == state.end() || found->second.dims.size() != 4) return std::nullopt;
  const auto& d = found->second.dims;
  if (!std::ranges::all_of(d, [](std::int64_t extent) { return extent >= 1 && extent <= kMost; }))
    return std::nullopt;
  return Shape{d[0], d[1], d[2], d[3]};
}

}  // namespace zsq
