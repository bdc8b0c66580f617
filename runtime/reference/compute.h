#pragma once

#include "runtime/batch.h"

/// The definition of every step, in plain loops from the arithmetic's rules; nothing clever. Every backend
/// must equal it bit for bit, and may call it for a step it has no better kernel for.
namespace zsq::runtime::reference {

/// Computes those output rows of the step.
void compute(const Plan& plan, const Step& step, const Batch& batch, Rows rows);

/// An output row of one image.
struct Row {
  std::int64_t n, y;
};

// convolution.cpp
void compute_row(const Plan& plan, const Conv2d& step, const Batch& batch, Row row);
void compute_row(const Plan& plan, const WideConv2d& step, const Batch& batch, Row row);

// pointwise.cpp
void compute_row(const Plan& plan, const Pixels& step, const Batch& batch, Row row);
void compute_row(const Plan& plan, const Add& step, const Batch& batch, Row row);
void compute_row(const Plan& plan, const Mul& step, const Batch& batch, Row row);
void compute_row(const Plan& plan, const Table& step, const Batch& batch, Row row);
void compute_row(const Plan& plan, const WideTable& step, const Batch& batch, Row row);
void compute_row(const Plan& plan, const WideAdd& step, const Batch& batch, Row row);
void compute_row(const Plan& plan, const WideActivation& step, const Batch& batch, Row row);

// pooling.cpp
void compute_row(const Plan& plan, const MaxPool& step, const Batch& batch, Row row);
void compute_row(const Plan& plan, const AvgPool& step, const Batch& batch, Row row);
void compute_row(const Plan& plan, const WideAvgPool& step, const Batch& batch, Row row);

// upsampling.cpp
void compute_row(const Plan& plan, const Upsample& step, const Batch& batch, Row row);
void compute_row(const Plan& plan, const WideUpsample& step, const Batch& batch, Row row);
void compute_row(const Plan& plan, const UpsampleNearest& step, const Batch& batch, Row row);

// moves.cpp
void compute_row(const Plan& plan, const Concat& step, const Batch& batch, Row row);
void compute_row(const Plan& plan, const Slice& step, const Batch& batch, Row row);
void compute_row(const Plan& plan, const Pad& step, const Batch& batch, Row row);
void compute_row(const Plan& plan, const ChannelShuffle& step, const Batch& batch, Row row);
void compute_row(const Plan& plan, const PixelShuffle& step, const Batch& batch, Row row);
void compute_row(const Plan& plan, const PixelUnshuffle& step, const Batch& batch, Row row);

}  // namespace zsq::runtime::reference
