#include "evaluate/accuracy.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <nlohmann/json.hpp>

#include "graph/text_table.h"

namespace zsq::evaluate {
namespace {

/// 10 log10(sum wanted^2 / sum (wanted - got)^2), 200 where both are equal: as quantize/sqnr.h says it of
/// tensors.
double sqnr_db(std::span<const double> wanted, std::span<const double> got) {
  constexpr double kEqual = 200;
  double signal = 0, noise = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    signal += wanted[i] * wanted[i];
    noise += (wanted[i] - got[i]) * (wanted[i] - got[i]);
  }
  return noise > 0 ? std::min(kEqual, 10 * std::log10(signal / noise)) : kEqual;
}

}  // namespace

Accuracy compare(const Predictions& got, const Predictions& in_float) {
  Accuracy a{.images = got.images(), .classes = got.classes, .labelled = !got.labels.empty()};
  std::int64_t equal = 0, right = 0, float_right = 0;
  for (std::int64_t i = 0; i < a.images; ++i) {
    const std::int64_t mine = first_class(got[i]), theirs = first_class(in_float[i]);
    equal += mine == theirs ? 1 : 0;
    if (!a.labelled) continue;
    const std::int64_t label = got.labels[static_cast<std::size_t>(i)];
    right += mine == label ? 1 : 0;
    float_right += theirs == label ? 1 : 0;
    a.lost += theirs == label && mine != label ? 1 : 0;
    a.gained += mine == label && theirs != label ? 1 : 0;
  }
  const auto percent = [&](std::int64_t n) {
    return 100 * static_cast<double>(n) / static_cast<double>(a.images);
  };
  a.agreement = percent(equal);
  a.sqnr_db = sqnr_db(in_float.logits, got.logits);
  if (!a.labelled) return a;
  a.covered = std::ssize(std::set(got.labels.begin(), got.labels.end()));
  a.top1 = percent(right);
  a.float_top1 = percent(float_right);
  a.confidence95 = wilson_half_width(a.top1, a.images);
  return a;
}

double wilson_half_width(double percentage, std::int64_t images) {
  constexpr double kZ = 1.959964;
  const double p = percentage / 100, n = static_cast<double>(images);
  return 100 * kZ / (1 + kZ * kZ / n) * std::sqrt(p * (1 - p) / n + kZ * kZ / (4 * n * n));
}

std::string with_interval(double percentage, std::int64_t images) {
  return fixed(percentage, 2) + " ± " + fixed(wilson_half_width(percentage, images), 2);
}

nlohmann::json to_json(const Accuracy& a) {
  return {{"top1", a.top1},           {"confidence95", a.confidence95},
          {"agreement", a.agreement}, {"lost", a.lost},
          {"gained", a.gained},       {"sqnr_db", a.sqnr_db}};
}

std::string coverage(const Accuracy& a) {
  if (a.covered >= a.classes) return "";
  return " of " + std::to_string(a.covered) + " of the " + std::to_string(a.classes) + " classes";
}

}  // namespace zsq::evaluate
