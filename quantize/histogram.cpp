#include "quantize/histogram.h"

#include <torch/types.h>

namespace zsq::quantize {
namespace {

constexpr int kBins = 2048;
constexpr int kPlaces = 100;  // tried for an end of the range
constexpr int kRounds = 2;    // of coordinate descent over the two ends

}  // namespace

Histogram::Histogram(Range range) : range_(range), counts_(kBins, 0.0) {}

void Histogram::add(const torch::Tensor& values) {
  if (!(range_.high > range_.low)) return;
  const auto counted =
      torch::histc(values.detach().clamp(range_.low, range_.high), kBins, range_.low, range_.high);
  const auto host = counted.to(torch::kFloat64).contiguous();
  for (int i = 0; i < kBins; ++i) counts_[static_cast<std::size_t>(i)] += host.data_ptr<double>()[i];
}

double Histogram::error(const QParams& grid) const {
  const double width = (range_.high - range_.low) / kBins;
  double sum = 0, count = 0;
  for (int i = 0; i < kBins; ++i) {
    const double n = counts_[static_cast<std::size_t>(i)];
    if (n == 0) continue;
    const double value = range_.low + (i + 0.5) * width;
    const double difference = value - grid.real(grid.code(value));
    sum += n * difference * difference;
    count += n;
  }
  return count > 0 ? sum / count : 0.0;
}

Range choose_range(const Histogram& histogram, RangeMethod method, int bits) {
  const Range full = histogram.range();
  if (method == RangeMethod::min_max || !(full.high > full.low)) return full;
  Range best = full;
  double least = histogram.error(cover(best, bits));
  const auto try_range = [&](Range candidate) {
    const double error = histogram.error(cover(candidate, bits));
    if (error < least) {
      least = error;
      best = candidate;
    }
  };
  for (int round = 0; round < kRounds; ++round) {
    for (int i = 1; i <= kPlaces; ++i)
      if (full.high > 0) try_range({best.low, full.high * i / kPlaces});
    for (int i = 1; i <= kPlaces; ++i)
      if (full.low < 0) try_range({full.low * i / kPlaces, best.high});
  }
  return best;
}

}  // namespace zsq::quantize
