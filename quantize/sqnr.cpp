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

double worst_sqnr_db(std::span<const torch::Tensor> wanted, std::span<const torch::Tensor> got) {
  double worst = sqnr_db(wanted.front(), got.front());
  for (std::size_t i = 1; i < wanted.size(); ++i) worst = std::min(worst, sqnr_db(wanted[i], got[i]));
  return worst;
}

}  // namespace zsq::quantize
