#pragma once

#include <vector>

#include "graph/graph.h"
#include "quantize/channel_ranges.h"
#include "quantize/units.h"

namespace zsq::quantize {

/// Whether there is anything that equalize() could change.
bool can_equalize(const Graph& folded, const std::vector<Unit>& units);

/// Gives the channels of an activation the same range, so that one scale fits them all: channel c of a
/// layer's output is multiplied by a factor, and the weights that read it are divided by it (Nagel et al.
/// 2019, "Data-free quantization through weight equalization and bias correction", section 4.1, with the
/// ranges of activations in place of those of weights). Only where nothing but depthwise convolutions
/// (through pools) read the activation, whose scales are per channel and take the factor up without loss: in
/// a dense layer it would move precision between the inputs' weights, which cost more than it gave on
/// MobileNetV1 and MCUNet (logits' SQNR -0.3 dB). And only where the activation is bounded below by zero or
/// not at all.
///
/// Factors are at least 1, so a ceiling (ReLU6) needs no change, which would cost MobileNetV1 its float
/// accuracy (from 65 to 13 %): what a channel may not exceed is then its own range with half of it as
/// headroom (with none, images other than those of calibration are cut off: -8 dB; with a quarter of it -0.3
/// dB on MCUNet), or the ceiling.
Graph equalize(const Graph& folded, const std::vector<Unit>& units, const ChannelRanges& ranges);

}  // namespace zsq::quantize
