#include "evaluate/detail.h"

#include <algorithm>
#include <map>

#include <nlohmann/json.hpp>

#include "graph/text_table.h"

namespace zsq::evaluate {
namespace {

double percent(std::int64_t part, std::int64_t all) {
  return 100 * static_cast<double>(part) / static_cast<double>(all);
}

/// How many classes come before `label`.
std::int64_t place_of(std::int64_t label, std::span<const double> logits) {
  const double own = logits[static_cast<std::size_t>(label)];
  std::int64_t before = 0;
  for (std::int64_t c = 0; c < std::ssize(logits); ++c) {
    const double other = logits[static_cast<std::size_t>(c)];
    before += other > own || (other == own && c < label) ? 1 : 0;
  }
  return before;
}

}  // namespace

TopN top_n(const Predictions& got, const Predictions& in_float, int n) {
  std::int64_t right = 0, float_right = 0;
  for (std::int64_t i = 0; i < got.images(); ++i) {
    const std::int64_t label = got.labels[static_cast<std::size_t>(i)];
    right += place_of(label, got[i]) < n ? 1 : 0;
    float_right += place_of(label, in_float[i]) < n ? 1 : 0;
  }
  return {n, percent(right, got.images()), percent(float_right, got.images())};
}

std::vector<ClassAccuracy> per_class(const Predictions& got, const Predictions& in_float,
                                     const std::vector<std::string>& names) {
  std::map<std::int64_t, ClassAccuracy> found;
  for (std::int64_t i = 0; i < got.images(); ++i) {
    const std::int64_t label = got.labels[static_cast<std::size_t>(i)];
    const bool mine = first_class(got[i]) == label, theirs = first_class(in_float[i]) == label;
    ClassAccuracy& c = found[label];
    c.label = label;
    ++c.images;
    c.right += mine ? 1 : 0;
    c.float_right += theirs ? 1 : 0;
    c.lost += theirs && !mine ? 1 : 0;
    c.gained += mine && !theirs ? 1 : 0;
  }
  std::vector<ClassAccuracy> all;
  for (auto& [label, c] : found) {
    if (!names.empty()) c.name = names[static_cast<std::size_t>(label)];
    all.push_back(std::move(c));
  }
  return all;
}

std::string to_text(const std::vector<ClassAccuracy>& classes, Networks shown) {
  const bool named = std::ranges::any_of(classes, [](const ClassAccuracy& c) { return !c.name.empty(); });
  std::vector<std::string> head{"class"};
  if (named) head.emplace_back("name");
  head.emplace_back("images");
  if (shown != Networks::integers) head.emplace_back("float %");
  if (shown != Networks::in_float) head.emplace_back("integer %");
  if (shown == Networks::both) head.insert(head.end(), {"lost", "gained"});
  std::vector<std::vector<std::string>> rows{head};
  for (const ClassAccuracy& c : classes) {
    std::vector<std::string> row{std::to_string(c.label)};
    if (named) row.push_back(c.name);
    row.push_back(std::to_string(c.images));
    if (shown != Networks::integers) row.push_back(fixed(percent(c.float_right, c.images), 2));
    if (shown != Networks::in_float) row.push_back(fixed(percent(c.right, c.images), 2));
    if (shown == Networks::both) row.insert(row.end(), {std::to_string(c.lost), std::to_string(c.gained)});
    rows.push_back(std::move(row));
  }
  return text_table(rows);
}

nlohmann::json to_json(const std::vector<ClassAccuracy>& classes, Networks shown) {
  nlohmann::json all = nlohmann::json::array();
  for (const ClassAccuracy& c : classes) {
    nlohmann::json one{{"class", c.label},
                       {"label", c.name.empty() ? "class " + std::to_string(c.label) : c.name},
                       {"images", c.images},
                       {"top1", percent(shown == Networks::in_float ? c.float_right : c.right, c.images)}};
    if (shown != Networks::integers) one["float_top1"] = percent(c.float_right, c.images);
    if (shown == Networks::both) one.update({{"lost", c.lost}, {"gained", c.gained}});
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace zsq::evaluate
