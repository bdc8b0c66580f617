#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "quantize/quantized_graph.h"
#include "quantize/scheme.h"

namespace zsq::quantize {

/// The codes of one output channel. weights: its kernels one after another, each of `kernel` taps (1 for a
/// linear or 1x1 layer); scale > 0. Codes lie in [-(2^(bits-1)-1), 2^(bits-1)-1].
///
/// sum_preserving: SQuant (Guo et al. 2022, "On-the-fly data-free quantization via diagonal Hessian
/// approximation", section 3). Within a kernel, as many codes are moved to their second-nearest integer as
/// bring the sum of the kernel's rounding errors to at most a half; then, over the channel, at most one more
/// in each kernel. An error that is the same at every place of an image then cancels, which is what shifts
/// the mean of a depthwise layer. second_order, which needs images, starts from here.
std::vector<std::int8_t> round_channel(std::span<const float> weights, std::size_t kernel, double scale,
                                       int bits, Rounding rounding);

/// The scale of one output channel. mse: least |error|^2.4 over a hundred shrunken ranges.
/// 0 where every weight is 0.
double choose_scale(std::span<const float> weights, int bits, RangeMethod method);

/// Quantizes a layer's weights, with a scale for each output channel, or one for all (but where a bias would
/// not fit). smallest_scale: one per channel, below which its bias
/// would not fit an int32. Channels whose codes are all 0 get scale 1.
QuantizedWeight quantize_weight(const Array& weight, std::span<const double> smallest_scale,
                                const Scheme& scheme);

}  // namespace zsq::quantize
