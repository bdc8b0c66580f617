#include "analyze/spread.h"

#include <cmath>

namespace zsq::analyze {

void SpreadMeter::add(const torch::Tensor& values) {
  const auto flat = values.to(torch::kFloat64).transpose(0, 1).flatten(1);  // [c, n*h*w]
  const auto square = flat.square();
  const auto sums =
      torch::stack({flat.sum(1), square.sum(1), (square * flat).sum(1), square.square().sum(1)});
  const auto low = flat.amin(1), high = flat.amax(1);
  low_ = low_.defined() ? torch::minimum(low_, low) : low;
  high_ = high_.defined() ? torch::maximum(high_, high) : high;
  sums_ = sums_.defined() ? sums_ + sums : sums;
  count_ += flat.size(1);
}

torch::Tensor SpreadMeter::variance() const {
  const auto n = static_cast<double>(count_);
  return (sums_[1] / n - (sums_[0] / n).square()).clamp_min(0);
}

report::Spread SpreadMeter::spread() const {
  const auto ranges = high_ - low_;
  report::Spread s{
      .low = low_.min().item<double>(), .high = high_.max().item<double>(), .channels = ranges.size(0)};
  const double nothing = 1e-6 * s.range();
  const auto alive = ranges.masked_select(ranges > nothing);
  s.dead = s.channels - alive.size(0);
  if (alive.size(0) > 0) {
    s.least_range = alive.min().item<double>();
    s.most_range = alive.max().item<double>();
    s.channel_precision = ranges.mean().item<double>() / s.range();
  }
  const auto n = static_cast<double>(count_) * static_cast<double>(s.channels);
  double m[4];
  for (int p = 0; p < 4; ++p) m[p] = sums_[p].sum().item<double>() / n;
  const double variance = std::max(0.0, m[1] - m[0] * m[0]);
  const double fourth = m[3] - 4 * m[0] * m[2] + 6 * m[0] * m[0] * m[1] - 3 * m[0] * m[0] * m[0] * m[0];
  s.deviation = std::sqrt(variance);
  s.kurtosis = variance > 0 ? fourth / (variance * variance) : 0;
  return s;
}

report::Spread spread_of_weights(const torch::Tensor& weights) {
  SpreadMeter meter;
  meter.add(weights.flatten(1).transpose(0, 1).unsqueeze(-1).unsqueeze(-1));  // [k, out, 1, 1]
  return meter.spread();
}

}  // namespace zsq::analyze
