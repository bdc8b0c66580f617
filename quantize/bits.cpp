#include "quantize/bits.h"

#include <algorithm>
#include <charconv>

#include "graph/check.h"
#include "graph/nearest.h"

namespace zsq::quantize {
namespace {

int width(std::string_view text, std::string_view rule) {
  int bits = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bits);
  check(error == std::errc{} && end == text.data() + text.size() && 2 <= bits && bits <= 8, Fault::usage, "'",
        rule, "' asks for '", text, "' bits; 2 to 8 were needed, as in 'layer4.*=4' or 'fc=8/8'");
  return bits;
}

BitsRule parse_rule(std::string_view text) {
  const auto equals = text.rfind('=');
  check(equals != std::string_view::npos && equals > 0, Fault::usage, "'", text,
        "' does not say which layers get how many bits; write PATTERN=BITS or PATTERN=WEIGHTS/ACTIVATIONS");
  const std::string_view widths = text.substr(equals + 1);
  const auto slash = widths.find('/');
  const int weights = width(widths.substr(0, slash), text);
  const int activations = slash == std::string_view::npos ? weights : width(widths.substr(slash + 1), text);
  return {std::string(text.substr(0, equals)), weights, activations};
}

bool matches(std::string_view pattern, std::string_view name) {
  const auto star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == name;
  if (!name.starts_with(pattern.substr(0, star))) return false;
  const std::string_view rest = pattern.substr(star + 1);
  for (std::size_t from = star; from <= name.size(); ++from)
    if (matches(rest, name.substr(from))) return true;
  return false;
}

}  // namespace

std::vector<BitsRule> parse_bits(std::string_view text) {
  std::vector<BitsRule> rules;
  while (!text.empty()) {
    const auto comma = text.find(',');
    rules.push_back(parse_rule(text.substr(0, comma)));
    text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
  }
  return rules;
}

std::string to_text(const std::vector<BitsRule>& rules) {
  std::string text;
  for (const BitsRule& rule : rules)
    text += (text.empty() ? "" : ",") + rule.pattern + "=" + std::to_string(rule.weights) + "/" +
            std::to_string(rule.activations);
  return text;
}

bool matches(const BitsRule& rule, std::string_view name) { return matches(rule.pattern, name); }

void check_matches(const std::vector<BitsRule>& rules, const std::vector<std::string>& names) {
  for (const BitsRule& rule : rules) {
    const bool found =
        std::ranges::any_of(names, [&](const std::string& name) { return matches(rule, name); });
    const std::string near = found ? "" : nearest(rule.pattern, names);
    check(found, Fault::usage, "no layer is called '", rule.pattern, "'",
          near.empty() ? "" : "; did you mean '" + near + "'?", " 'zsq inspect' lists all names");
  }
}

}  // namespace zsq::quantize
