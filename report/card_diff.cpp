#include "report/card_diff.h"

#include <algorithm>

#include "graph/text_table.h"

namespace zsq::report {
namespace {

std::string place(const CardField& field) {
  const std::string_view section = field.key.substr(0, field.key.find('.'));
  return std::string(section) + ": " + std::string(field.label);
}

/// Hashes and lists are told apart by their beginning.
std::string brief(const nlohmann::json& value) {
  constexpr std::size_t kMost = 40;
  const std::string text = shown(value);
  return text.size() <= kMost ? text : text.substr(0, kMost - 3) + "...";
}

bool confounds(const CardDifference& d) { return d.field.role == Role::confounds; }

}  // namespace

std::vector<CardDifference> differences(const Card& a, const Card& b) {
  std::vector<CardDifference> all;
  for (const CardField& field : card_fields()) {
    nlohmann::json in_a = a.value(field.key), in_b = b.value(field.key);
    if (in_a != in_b) all.push_back({field, std::move(in_a), std::move(in_b)});
  }
  return all;
}

std::vector<CardDifference> confounders(const Card& a, const Card& b) {
  std::vector<CardDifference> all = differences(a, b);
  std::erase_if(all, [](const CardDifference& d) { return !confounds(d); });
  return all;
}

std::string to_text(const std::vector<CardDifference>& all, const std::string& a, const std::string& b) {
  if (all.empty()) return "the two cards say the same\n";
  std::vector<std::vector<std::string>> rows{{"", a, b, "what a difference means"}};
  for (const CardDifference& d : all)
    rows.push_back({place(d.field), brief(d.a), brief(d.b), std::string(name(d.field.role))});
  const auto count = std::ranges::count_if(all, confounds);
  return text_table(rows) + (count == 0 ? "nothing confounds: their accuracies may be ranked\n"
                                        : std::to_string(count) + " of " + std::to_string(all.size()) +
                                              " differences confound: their accuracies must not be ranked\n");
}

nlohmann::json to_json(const std::vector<CardDifference>& all) {
  nlohmann::json list = nlohmann::json::array();
  for (const CardDifference& d : all)
    list.push_back({{"field", d.field.key}, {"a", d.a}, {"b", d.b}, {"role", name(d.field.role)}});
  return {{"differences", list}, {"may_be_ranked", std::ranges::none_of(all, confounds)}};
}

}  // namespace zsq::report
