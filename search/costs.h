#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "search/space.h"

namespace zsq::search {

/// What a choice of widths costs, layer by layer.
enum class Cost {
  average_bits,    // of the weights, each counted once
  size,            // bytes of the plan's file
  bit_operations,  // products times both widths, for one image
  latency,         // seconds of one image on this machine's kernels, stage by stage
  memory,          // bytes of a session: activations, and weights as kernels hold them
};
inline constexpr std::array kCosts{Cost::average_bits, Cost::size, Cost::bit_operations, Cost::latency,
                                   Cost::memory};

constexpr std::string_view name(Cost c) {
  switch (c) {
    case Cost::average_bits: return "average bits";
    case Cost::size: return "size";
    case Cost::bit_operations: return "bit operations";
    case Cost::latency: return "latency";
    case Cost::memory: return "memory";
  }
  return {};
}

/// As a key: "average_bits".
constexpr std::string_view key(Cost c) {
  switch (c) {
    case Cost::average_bits: return "average_bits";
    case Cost::size: return "size";
    case Cost::bit_operations: return "bit_operations";
    case Cost::latency: return "latency";
    case Cost::memory: return "memory";
  }
  return {};
}

/// "4.000", "2.910 MB", "1.230 G", "1.234 ms".
std::string cost_text(Cost cost, double value);

/// Times of layers, measured in plans in which all have the same widths.
struct Latency {
  std::map<std::pair<int, int>, std::vector<double>> of_layers;  // seconds, by weights' and activations' bits
  double rest = 0;                                               // of the stages without weights
};

/// Everything costs are made of.
struct CostModel {
  std::int64_t plan_bytes = 0;   // of the file of the plan in which all have their widest
  std::int64_t arena_bytes = 0;  // of activations, for one image; they take a byte each whatever their bits
  Latency latency;               // empty where nobody asks for it
};

/// Of one layer at one width of its weights and of what it reads. The sum over all layers and fixed_cost() is
/// the whole's.
double cost_of(Cost cost, const Space& space, const CostModel& model, std::size_t layer, int weight_bits,
               int activation_bits);

/// What the widths do not change.
double fixed_cost(Cost cost, const Space& space, const CostModel& model);

}  // namespace zsq::search
