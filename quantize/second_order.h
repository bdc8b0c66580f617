#pragma once

#include "quantize/input_moments.h"

namespace zsq::quantize {

/// The codes of a layer's weights on given scales, chosen one after another: each is rounded to nearest, and
/// what that adds to the output's expected square error is taken back, as far as it can be, by the weights
/// not yet rounded (Optimal Brain Surgeon's update, as Frantar et al. 2022 use it, "Optimal Brain
/// Compression" and "GPTQ": w_rest -= (w_j - q_j) / [H^-1]_jj * [H^-1]_j,rest, H the second moment of the
/// inputs, weights with large moments first).
///
/// H is shrunk for what few images cannot tell: of the covariance the off-diagonal part is kept by
/// samples / (samples + taps) (Ledoit and Wolf 2004 shrink in this direction); the means' product is kept
/// whole, since a shifted mean is what rounding costs most. weight: [out, in / groups, h, w].
/// Returns codes in the same order, within the scales' bits.
std::vector<std::int8_t> round_second_order(const Array& weight, const QuantizedWeight& grid,
                                            const InputMoments& inputs);

/// `quantized` with the weights of its convolutions and linear layers rounded so, their scales kept. Moments
/// of as many layers as fit 512 MB are taken in one run of the network.
QuantizedGraph with_second_order_rounding(QuantizedGraph quantized, const torch::Tensor& images);

}  // namespace zsq::quantize
