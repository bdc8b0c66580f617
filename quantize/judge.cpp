#include "quantize/judge.h"

#include <cmath>

#include "quantize/batches.h"
#include "quantize/simulate.h"
#include "quantize/sqnr.h"

namespace zsq::quantize {

bool is_worse(const Verdict& before, const Verdict& after, double allowed_db) {
  constexpr double kNothing = 1e-30;  // an error of 0 is a very small one
  for (std::size_t o = 0; o < before.errors.size(); ++o) {
    const auto ratio = after.errors[o].clamp_min(kNothing) / before.errors[o].clamp_min(kNothing);
    const auto lost_db = 10 * ratio.log10();
    const auto n = static_cast<double>(lost_db.size(0));
    const double doubt = n > 1 ? lost_db.std(/*unbiased=*/true).item<double>() / std::sqrt(n) : 0;
    if (lost_db.mean().item<double>() - allowed_db > doubt) return true;
  }
  return false;
}

Judge::Judge(const Graph& prepared, torch::Tensor images) : images_(std::move(images)) {
  if (images_.defined()) wanted_ = run_batches(TorchExecutor(prepared), images_);
}

std::optional<Verdict> Judge::verdict(const QuantizedGraph& q) const {
  if (!images_.defined()) return std::nullopt;
  const auto got = run_batches(TorchExecutor(dequantized(q)), images_, rounding_tap(q));
  Verdict verdict{.sqnr_db = worst_sqnr_db(wanted_, got)};
  for (std::size_t o = 0; o < got.size(); ++o)
    verdict.errors.push_back((got[o].to(torch::kFloat64) - wanted_[o].to(torch::kFloat64)).square().sum(1));
  return verdict;
}

Split split(const torch::Tensor& images) {
  constexpr std::int64_t kEvery = 4;
  if (images.size(0) < kEvery) return {images, {}};
  std::vector<std::int64_t> fit, judge;
  for (std::int64_t i = 0; i < images.size(0); ++i) (i % kEvery == kEvery - 1 ? judge : fit).push_back(i);
  return {images.index_select(0, torch::tensor(fit)), images.index_select(0, torch::tensor(judge))};
}

}  // namespace zsq::quantize
