#include "quantize/sqnr.h"

#include <cmath>

#include <torch/types.h>

namespace zsq::quantize {

double sqnr_db(const torch::Tensor& wanted, const torch::Tensor& got) {
  constexpr double kEqual = 200;
  const auto signal = wanted.to(torch::kFloat64).square().sum().item<double>();
  const auto noise = (wanted.to(torch::kFloat64) - got.to(torch::kFloat64)).square().sum().item<double>();
  return noise > 0 ? std::min(kEqual, 10 * std::log10(signal / noise)) : kEqual;
}

}  // namespace zsq::quantize
