#pragma once

#include <map>

#include <torch/types.h>

#include "runtime/plan_file.h"
#include "runtime/session.h"

namespace zsq::analyze {

/// What a slot's integers mean, and back: values are [n, c, h, w] float64, `gain` [c] what equalization has
/// multiplied them by, so that they can be compared with the float network's.
torch::Tensor to_real(const torch::Tensor& integers, const runtime::PlanFile& file, runtime::SlotId slot,
                      const torch::Tensor& gain);
torch::Tensor to_integers(const torch::Tensor& real, const runtime::PlanFile& file, runtime::SlotId slot,
                          const torch::Tensor& gain);

/// What an observer is shown, as a tensor of its own: [n, h, w, c].
torch::Tensor copied(const runtime::TensorView& view, const Shape& shape);

/// Integers of one step alone, as the reference computes them. inputs: by slot, [n, h, w, c] int8, or int32
/// where the slot is wide; pixels: [n, h, w, c] uint8.
torch::Tensor step_alone(const runtime::Plan& plan, const runtime::Step& step,
                         const std::map<runtime::SlotId, torch::Tensor>& inputs, const torch::Tensor& pixels);

}  // namespace zsq::analyze
