#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "quantize/scheme.h"
#include "quantize/units.h"

namespace zsq::quantize {

/// Why something has the width it has.
enum class Why {
  asked_for,  // the scheme's width for all
  pattern,    // a rule of the scheme
  search,     // a rule of the scheme that a search has found
  first,      // the pixels
  last,       // what the head of the network's end reads (headroom.h)
};

struct Width {
  int bits = 8;  // 2..8
  Why why = Why::asked_for;
  std::string pattern = {};  // of the rule
};

/// How wide everything that is on a grid is, and why.
struct Precision {
  struct OfNode {
    std::string name;
    std::optional<Width> weight = {};      // of a layer
    std::optional<Width> activation = {};  // of the last node of a unit, but where that moves values
  };
  std::vector<OfNode> nodes;  // of the prepared graph
};

/// The last of the scheme's rules that matches a layer's name counts for its weights and for what its unit
/// makes; the first and last activations stay at 8 bits. Throws Error (Fault::usage) where a rule matches
/// nothing.
Precision choose_precision(const Graph& prepared, const std::vector<Unit>& units, const Scheme& scheme);

/// One row for each weight and activation.
std::string to_text(const Precision& precision);

/// [{"name", "weights": {"bits", "why"}, "activation": {...}}, ...], each where there is one.
nlohmann::json to_json(const Precision& precision);

}  // namespace zsq::quantize
