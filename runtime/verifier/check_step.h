#pragma once

#include "runtime/plan.h"

/// What one step must fulfil: its parameters fit its slots and its arithmetic cannot overflow. Each function
/// requires that the step's slots exist and are sound, and throws Error with a message that does not name the
/// step.
namespace zsq::runtime {

// convolution.cpp
void check_step(const Plan& plan, const Conv2d& step);
void check_step(const Plan& plan, const Logits& step);

// pointwise.cpp
void check_step(const Plan& plan, const Pixels& step);
void check_step(const Plan& plan, const Add& step);
void check_step(const Plan& plan, const Mul& step);
void check_step(const Plan& plan, const Table& step);
void check_step(const Plan& plan, const Widen& step);

// pooling.cpp
void check_step(const Plan& plan, const MaxPool& step);
void check_step(const Plan& plan, const AvgPool& step);

// moves.cpp
void check_step(const Plan& plan, const Concat& step);
void check_step(const Plan& plan, const Slice& step);
void check_step(const Plan& plan, const Pad& step);
void check_step(const Plan& plan, const ChannelShuffle& step);

}  // namespace zsq::runtime
