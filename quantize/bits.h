#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace zsq::quantize {

/// The widths of layers whose names match a pattern, in which * stands for any characters.
struct BitsRule {
  std::string pattern;
  int weights = 8, activations = 8;  // 2..8; the activation is what the layer makes
  bool by_search = false;            // a search chose it, not a person
  bool operator==(const BitsRule&) const = default;
};

/// Of "layer4.*=4,fc=8/6": one width for both, or weights/activations. Throws Error (Fault::usage) that shows
/// what was not understood.
std::vector<BitsRule> parse_bits(std::string_view text);

/// What parse_bits reads the rules from.
std::string to_text(const std::vector<BitsRule>& rules);

bool matches(const BitsRule& rule, std::string_view name);

/// Throws Error (Fault::usage) that names a pattern which no name matches, and names near it.
void check_matches(const std::vector<BitsRule>& rules, const std::vector<std::string>& names);

}  // namespace zsq::quantize
