#pragma once

#include "runtime/verifier/proof.h"

/// What one step must fulfil: its parameters fit its slots and its arithmetic cannot overflow. Each function
/// requires that the step's slots exist and are sound and that its inputs have been written, notes the bound
/// of a wide output, and throws Error with a message that does not name the step.
namespace zsq::runtime {

// convolution.cpp
void check_step(Proof& proof, const Conv2d& step);
void check_step(Proof& proof, const WideConv2d& step);

// pointwise.cpp
void check_step(Proof& proof, const Pixels& step);
void check_step(Proof& proof, const Add& step);
void check_step(Proof& proof, const Mul& step);
void check_step(Proof& proof, const Table& step);
void check_step(Proof& proof, const WideTable& step);
void check_step(Proof& proof, const WideAdd& step);
void check_step(Proof& proof, const WideActivation& step);

// pooling.cpp
void check_step(Proof& proof, const MaxPool& step);
void check_step(Proof& proof, const AvgPool& step);
void check_step(Proof& proof, const WideAvgPool& step);

// upsampling.cpp
void check_step(Proof& proof, const Upsample& step);
void check_step(Proof& proof, const WideUpsample& step);
void check_step(Proof& proof, const UpsampleNearest& step);

// moves.cpp
void check_step(Proof& proof, const Concat& step);
void check_step(Proof& proof, const Slice& step);
void check_step(Proof& proof, const Pad& step);
void check_step(Proof& proof, const ChannelShuffle& step);
void check_step(Proof& proof, const PixelShuffle& step);
void check_step(Proof& proof, const PixelUnshuffle& step);

}  // namespace zsq::runtime
