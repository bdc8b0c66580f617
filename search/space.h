#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "quantize/bits.h"
#include "quantize/units.h"

/// What of a network may have a width of its own.
namespace zsq::search {

/// Which widths may be chosen, each 2..8, rising, at least one.
struct WidthsAllowed {
  std::vector<int> weights{3, 4, 5, 6, 8};
  std::vector<int> activations{8};
  bool ends_free = false;  // false: the first and the last layer's weights have the widest
};

/// A convolution or linear layer, whose weights have one width.
struct Layer {
  NodeId node{};
  std::string name;
  std::int64_t weights = 0, products = 0;  // how many; products for one image
  std::size_t reads = 0;                   // the group that its input is in
  std::vector<int> widths;                 // allowed, rising
};

/// Activations that share a tensor and so have one width: what an add or a concat joins, and what only moves
/// their values.
struct Group {
  std::vector<NodeId> nodes;       // the last of their units
  std::vector<std::string> heads;  // names of these units, by which rules know them
  std::int64_t values = 0;         // for one image
  std::vector<int> widths;         // allowed, rising; {8} for pixels and what the classifier reads
};

struct Space {
  std::vector<Layer> layers;
  std::vector<Group> groups;
};

/// Throws Error (Fault::usage) where a width is none of 2..8.
Space space_of(const Graph& prepared, const WidthsAllowed& allowed);

/// One width for each layer's weights and each group's activations.
struct Widths {
  std::vector<int> weights, activations;
  bool operator==(const Widths&) const = default;
};

Widths widest(const Space& space);
Widths at_most(const Space& space, int weights,
               int activations);  // the widest allowed up to these, or the least

/// As rules for the quantizer, one for each layer and for each unit without weights, all by_search.
std::vector<quantize::BitsRule> rules_of(const Space& space, const Widths& widths);

}  // namespace zsq::search
