#include "search/costs.h"

#include "runtime/file/bits.h"

namespace zsq::search {
namespace {

double weight_bytes(const Layer& layer, int bits) {
  return static_cast<double>(runtime::packed_bytes(static_cast<std::size_t>(layer.weights), bits));
}

}  // namespace

double cost_of(Cost cost, const Space& space, const Layer& layer, int weight_bits, int activation_bits) {
  switch (cost) {
    case Cost::average_bits: {
      std::int64_t all = 0;
      for (const Layer& each : space.layers) all += each.weights;
      return static_cast<double>(layer.weights * weight_bits) / static_cast<double>(all);
    }
    case Cost::size: return weight_bytes(layer, weight_bits);
    case Cost::bit_operations: return static_cast<double>(layer.products * weight_bits * activation_bits);
  }
  return 0;
}

double fixed_cost(Cost cost, const Space& space, const Widths& widths, std::int64_t plan_bytes) {
  if (cost != Cost::size) return 0;
  auto rest = static_cast<double>(plan_bytes);
  for (std::size_t l = 0; l < space.layers.size(); ++l)
    rest -= weight_bytes(space.layers[l], widths.weights[l]);
  return rest;
}

}  // namespace zsq::search
