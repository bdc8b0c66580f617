#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "search/integer_program.h"
#include "search/space.h"

namespace zsq::search {

/// What a choice of widths costs, by layer.
enum class Cost {
  average_bits,    // of the weights, each counted once
  size,            // bytes of the plan's file
  bit_operations,  // products times both widths, for one image
};

constexpr std::string_view name(Cost c) {
  switch (c) {
    case Cost::average_bits: return "average bits";
    case Cost::size: return "size";
    case Cost::bit_operations: return "bit operations";
  }
  return {};
}

/// As a key: "average_bits".
constexpr std::string_view key(Cost c) {
  switch (c) {
    case Cost::average_bits: return "average_bits";
    case Cost::size: return "size";
    case Cost::bit_operations: return "bit_operations";
  }
  return {};
}

/// Of one layer at one width of its weights and of what it reads. The sum over all layers and fixed_cost() is
/// the whole's.
double cost_of(Cost cost, const Space& space, const Layer& layer, int weight_bits, int activation_bits);

/// What the widths do not change. plan_bytes: of a plan of these widths, of which all but the weights is
/// taken to stay the same.
double fixed_cost(Cost cost, const Space& space, const Widths& widths, std::int64_t plan_bytes);

}  // namespace zsq::search
