#include "analyze/tensor_study.h"

#include <algorithm>
#include <cmath>

namespace zsq::analyze {

void Noise::add(const torch::Tensor& wanted, const torch::Tensor& got) {
  signal += wanted.square().sum().item<double>();
  noise += (wanted - got).square().sum().item<double>();
  count += wanted.numel();
}

double Noise::db() const {
  constexpr double kEqual = 200;
  return noise > 0 ? std::min(kEqual, 10 * std::log10(signal / noise)) : kEqual;
}

double Noise::mse() const { return count > 0 ? noise / static_cast<double>(count) : 0; }

void TensorStudy::add_float(const torch::Tensor& wanted) {
  plain_.add(wanted);
  equalized_.add(wanted * gain_.view({1, -1, 1, 1}));
}

/// Into bins over the range that add_float() has seen.
void TensorStudy::count(const torch::Tensor& wanted) {
  constexpr std::int64_t kBins = 64;
  if (histogram_.counts.empty()) {
    const report::Spread s = equalized_.spread();
    histogram_ = {s.low, s.high, std::vector<std::int64_t>(kBins), grid_.low, grid_.high};
  }
  const auto values = wanted * gain_.view({1, -1, 1, 1});
  const double half = grid_.scale / 2;
  beyond_ += ((values < grid_.low - half) | (values > grid_.high + half)).sum().item<std::int64_t>();
  if (histogram_.high <= histogram_.low) return;
  const auto counts = torch::histc(values.flatten(), kBins, histogram_.low, histogram_.high).contiguous();
  for (std::int64_t b = 0; b < kBins; ++b)
    histogram_.counts[static_cast<std::size_t>(b)] += static_cast<std::int64_t>(counts[b].item<double>());
}

void TensorStudy::add_alone(const torch::Tensor& wanted, const torch::Tensor& got) {
  alone_.add(wanted, got);
  count(wanted);
}

void TensorStudy::add_accumulated(const torch::Tensor& wanted, const torch::Tensor& got) {
  accumulated_.add(wanted, got);
  const auto errors = (got - wanted).sum({0, 2, 3});
  shift_ = shift_.defined() ? shift_ + errors : errors;
  places_ += wanted.size(0) * wanted.size(2) * wanted.size(3);
}

void TensorStudy::finish(report::StudyLayer& layer) const {
  layer.activations = plain_.spread();
  layer.activations_equalized = equalized_.spread();
  layer.alone_db = alone_.db();
  layer.alone_mse = alone_.mse();
  layer.accumulated_db = accumulated_.db();
  layer.accumulated_mse = accumulated_.mse();
  layer.output_db = output_.db();
  layer.histogram = histogram_;
  if (accumulated_.count == 0) return;
  const auto deviation = plain_.variance().sqrt();
  const auto floor = deviation.max().clamp_min(1e-30) * 1e-3;  // a dead channel has no deviations to count in
  const auto shift = (shift_ / static_cast<double>(places_)).abs() / torch::maximum(deviation, floor);
  layer.mean_shift = shift.masked_select(deviation > floor).numel() > 0
                         ? shift.masked_select(deviation > floor).max().item<double>()
                         : 0;
  layer.saturated = 100 * static_cast<double>(beyond_) / static_cast<double>(accumulated_.count);
}

}  // namespace zsq::analyze
