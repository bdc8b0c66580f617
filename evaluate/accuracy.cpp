#include "evaluate/accuracy.h"

#include <cmath>

#include <nlohmann/json.hpp>
#include <torch/types.h>

#include "graph/text_table.h"
#include "quantize/sqnr.h"

namespace zsq::evaluate {
namespace {

double percent(const torch::Tensor& hits) { return 100 * hits.to(torch::kFloat64).mean().item<double>(); }

}  // namespace

Accuracy compare(const Predictions& got, const Predictions& in_float) {
  Accuracy a;
  a.images = got.logits.size(0);
  a.classes = got.logits.size(1);
  const auto mine = got.logits.argmax(1), theirs = in_float.logits.argmax(1);
  a.agreement = percent(mine == theirs);
  a.sqnr_db = quantize::sqnr_db(in_float.logits, got.logits);
  if (!got.labels.defined()) return a;
  a.covered = std::get<0>(at::_unique(got.labels)).numel();
  const auto right = mine == got.labels, float_right = theirs == got.labels;
  a.top1 = percent(right);
  a.float_top1 = percent(float_right);
  a.confidence95 = wilson_half_width(a.top1, a.images);
  a.lost = float_right.logical_and(right.logical_not()).sum().item<std::int64_t>();
  a.gained = right.logical_and(float_right.logical_not()).sum().item<std::int64_t>();
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

std::string to_text(const Evaluation& evaluation) {
  const Accuracy& a = evaluation.accuracy;
  const bool alone = evaluation.device == "float";
  std::vector<std::vector<std::string>> rows{
      {"network", "top-1 %", "agreement %", "SQNR dB", "lost", "gained"},
      {"float", with_interval(a.float_top1, a.images)}};
  if (!alone)
    rows.push_back({"integer, " + evaluation.device, with_interval(a.top1, a.images), fixed(a.agreement, 2),
                    fixed(a.sqnr_db, 1), std::to_string(a.lost), std::to_string(a.gained)});
  const std::string of = a.covered < a.classes ? " of " + std::to_string(a.covered) + " of the " +
                                                     std::to_string(a.classes) + " classes"
                                               : "";
  return text_table(rows) + "(" + std::to_string(a.images) + " images" + of +
         ", the same for each row; ± is the half width of the 95 % interval" +
         (alone ? "" : "; drop " + fixed(a.float_top1 - a.top1, 2) + " points") + ")\n";
}

nlohmann::json to_json(const Evaluation& evaluation) {
  nlohmann::json facts = to_json(evaluation.accuracy);
  facts.update({{"images", evaluation.accuracy.images},
                {"classes", evaluation.accuracy.classes},
                {"classes_covered", evaluation.accuracy.covered},
                {"float_top1", evaluation.accuracy.float_top1},
                {"device", evaluation.device},
                {"seconds", evaluation.seconds}});
  return facts;
}

}  // namespace zsq::evaluate
