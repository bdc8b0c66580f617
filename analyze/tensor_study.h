#pragma once

#include "analyze/spread.h"
#include "report/study.h"

/// What is gathered of one tensor, batch by batch. Private to analyze/.
namespace zsq::analyze {

/// Squared values of one tensor and of its error.
struct Noise {
  double signal = 0, noise = 0;
  std::int64_t count = 0;

  void add(const torch::Tensor& wanted, const torch::Tensor& got);
  double db() const;  // 200 where both are equal
  double mse() const;
};

/// Where a grid ends, in the reals of the equalized network.
struct Grid {
  double low = 0, high = 0, scale = 1;
};

class TensorStudy {
 public:
  TensorStudy() = default;
  TensorStudy(Grid grid, torch::Tensor gain) : grid_(grid), gain_(std::move(gain)) {}

  /// First, of all images: how the float values lie.
  void add_float(const torch::Tensor& wanted);

  /// Then, of all images: what the integers mean, with this tensor alone in integers and with all before it,
  /// and the network's outputs with it alone.
  void add_alone(const torch::Tensor& wanted, const torch::Tensor& got);
  void add_accumulated(const torch::Tensor& wanted, const torch::Tensor& got);
  void add_output(const torch::Tensor& wanted, const torch::Tensor& got) { output_.add(wanted, got); }

  /// Fills in what was gathered.
  void finish(report::StudyLayer& layer) const;
  double output_noise() const { return output_.noise; }

 private:
  void count(const torch::Tensor& wanted);

  Grid grid_;
  torch::Tensor gain_;
  SpreadMeter plain_, equalized_;
  Noise alone_, accumulated_, output_;
  torch::Tensor shift_;  // [c]: sum of errors, all before it in integers
  std::int64_t places_ = 0, beyond_ = 0;
  report::Histogram histogram_;
};

}  // namespace zsq::analyze
