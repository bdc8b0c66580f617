#pragma once

#include <span>

#include <torch/types.h>

namespace zsq::quantize {

/// Signal to quantization noise in decibels: 10 log10(sum wanted^2 / sum (wanted - got)^2), over the whole
/// tensor. 200 where both are equal.
double sqnr_db(const torch::Tensor& wanted, const torch::Tensor& got);

/// Of several outputs, each by itself: that of the worst.
double worst_sqnr_db(std::span<const torch::Tensor> wanted, std::span<const torch::Tensor> got);

}  // namespace zsq::quantize
