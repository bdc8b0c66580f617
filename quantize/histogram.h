#pragma once

#include <cstdint>
#include <vector>

#include <torch/types.h>

#include "quantize/qparams.h"
#include "quantize/scheme.h"

namespace zsq::quantize {

/// How often the values of one activation fall into each of equally wide bins over a range known beforehand.
class Histogram {
 public:
  Histogram() = default;
  explicit Histogram(Range range);

  /// Counts every value; those outside the range count at its ends.
  void add(const torch::Tensor& values);

  Range range() const { return range_; }

  /// The mean square error of a grid on these values: rounding and clipping.
  double error(const QParams& grid) const;

 private:
  Range range_;
  std::vector<double> counts_;
};

/// The range of `bits` that a method chooses for these values. mse: each end is moved in by coordinate
/// descent over a hundred places (from W8A8 to W2A4; a range that keeps its outliers is the largest error
/// below 6 bits).
Range choose_range(const Histogram& histogram, RangeMethod method, int bits);

}  // namespace zsq::quantize
