#pragma once

#include "runtime/cuda/frame.h"

namespace zsq::runtime::cuda {

/// Makes a step of the plan ready: its constants are added to the pool, and what it returns makes its
/// launches. The plan outlives it.
Launches prepare(const Plan& plan, const Step& step, ConstantPool& constants);

/// Brings output i of the plan to where its caller wants it.
Launch hand_out(const Frame& frame, std::size_t i);

// convolution.cpp
Launches prepare(const Plan& plan, const Conv2d& step, ConstantPool& constants);
Launches prepare(const Plan& plan, const WideConv2d& step, ConstantPool& constants);

// pointwise.cpp
Launches prepare(const Plan& plan, const Pixels& step, ConstantPool& constants);
Launches prepare(const Plan& plan, const Add& step, ConstantPool& constants);
Launches prepare(const Plan& plan, const Mul& step, ConstantPool& constants);
Launches prepare(const Plan& plan, const Table& step, ConstantPool& constants);
Launches prepare(const Plan& plan, const WideTable& step, ConstantPool& constants);
Launches prepare(const Plan& plan, const WideAdd& step, ConstantPool& constants);
Launches prepare(const Plan& plan, const WideActivation& step, ConstantPool& constants);

// pooling.cpp
Launches prepare(const Plan& plan, const MaxPool& step, ConstantPool& constants);
Launches prepare(const Plan& plan, const AvgPool& step, ConstantPool& constants);
Launches prepare(const Plan& plan, const WideAvgPool& step, ConstantPool& constants);
Launches prepare(const Plan& plan, const Upsample& step, ConstantPool& constants);
Launches prepare(const Plan& plan, const WideUpsample& step, ConstantPool& constants);

// moves.cpp
Launches prepare(const Plan& plan, const Concat& step, ConstantPool& constants);
Launches prepare(const Plan& plan, const Slice& step, ConstantPool& constants);
Launches prepare(const Plan& plan, const Pad& step, ConstantPool& constants);
Launches prepare(const Plan& plan, const ChannelShuffle& step, ConstantPool& constants);
Launches prepare(const Plan& plan, const PixelShuffle& step, ConstantPool& constants);
Launches prepare(const Plan& plan, const PixelUnshuffle& step, ConstantPool& constants);
Launches prepare(const Plan& plan, const UpsampleNearest& step, ConstantPool& constants);

/// How a window walks, as kernels read it.
Sides sides_of(const Window& window);

/// In lanes of 32 bits.
WideRescale wide(const Rescale& rescale);

}  // namespace zsq::runtime::cuda
