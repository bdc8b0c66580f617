#include "search/costs.h"

#include <iomanip>
#include <sstream>

#include "runtime/file/bits.h"

namespace zsq::search {
namespace {

std::string fixed(double value, int digits, const char* unit) {
  std::ostringstream text;
  text << std::fixed << std::setprecision(digits) << value << unit;
  return text.str();
}

double file_bytes(const Layer& layer, int bits) {
  return static_cast<double>(runtime::packed_bytes(static_cast<std::size_t>(layer.weights), bits));
}

/// Kernels hold two weights of at most 4 bits to a byte, and others as bytes.
double session_bytes(const Layer& layer, int bits) {
  return static_cast<double>(bits <= 4 ? (layer.weights + 1) / 2 : layer.weights);
}

}  // namespace

std::string cost_text(Cost cost, double value) {
  switch (cost) {
    case Cost::average_bits: return fixed(value, 3, "");
    case Cost::size: return fixed(value / 1e6, 3, " MB");
    case Cost::bit_operations: return fixed(value / 1e9, 3, " G");
    case Cost::latency: return fixed(value * 1e3, 3, " ms");
    case Cost::memory: return fixed(value / 1e6, 3, " MB");
  }
  return {};
}

double cost_of(Cost cost, const Space& space, const CostModel& model, std::size_t l, int weight_bits,
               int activation_bits) {
  const Layer& layer = space.layers[l];
  switch (cost) {
    case Cost::average_bits: {
      std::int64_t all = 0;
      for (const Layer& each : space.layers) all += each.weights;
      return static_cast<double>(layer.weights * weight_bits) / static_cast<double>(all);
    }
    case Cost::size: return file_bytes(layer, weight_bits);
    case Cost::bit_operations: return static_cast<double>(layer.products * weight_bits * activation_bits);
    case Cost::latency: {
      const auto found = model.latency.of_layers.find({weight_bits, activation_bits});
      return found == model.latency.of_layers.end() ? 0 : found->second[l];
    }
    case Cost::memory: return session_bytes(layer, weight_bits);
  }
  return 0;
}

double fixed_cost(Cost cost, const Space& space, const CostModel& model) {
  switch (cost) {
    case Cost::average_bits:
    case Cost::bit_operations: return 0;
    case Cost::size: {
      auto rest = static_cast<double>(model.plan_bytes);
      for (const Layer& layer : space.layers) rest -= file_bytes(layer, layer.widths.back());
      return rest;
    }
    case Cost::latency: return model.latency.rest;
    case Cost::memory: return static_cast<double>(model.arena_bytes);
  }
  return 0;
}

}  // namespace zsq::search
