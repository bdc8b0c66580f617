#pragma once

#include "quantize/quantize.h"

namespace zsq::quantize {

/// The integer program of a network of which nothing is known but its batch norms, without making images: in
/// a second or a few. Steps: fold; match the network to its batch norms on `noise` (matched.h); ranges;
/// sum-preserving and second-order rounding; bias correction, each layer by itself; lower. Nothing is judged,
/// since noise says nothing of outputs, and channels are not equalized. noise: [n, c, h, w], normalised, best
/// with the spectrum of photographs.
///
/// Throws as quantize() does, and Error (Fault::unsupported) where no layer has a batch norm, Error
/// (Fault::usage) where the scheme asks for rounding by learning, which needs images.
Result quantize_from_statistics(const Graph& graph, const Preprocessing& pixels, const torch::Tensor& noise,
                                const Scheme& scheme, const Progress& progress = {});

}  // namespace zsq::quantize
