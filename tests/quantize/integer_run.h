#pragma once

#include <vector>

#include <torch/types.h>

#include "runtime/plan_file.h"
#include "runtime/session.h"

namespace zsq::tests {

/// The reference's outputs for pixels [n, h, w, c], as real values [n, c, h, w] float64.
inline std::vector<torch::Tensor> run_integers(const runtime::PlanFile& file, const torch::Tensor& pixels) {
  std::vector<torch::Tensor> outputs;
  std::vector<std::span<std::int32_t>> buffers;
  for (const runtime::SlotId id : file.plan.outputs) {
    const Shape& s = file.plan[id].shape;
    outputs.push_back(torch::empty({pixels.size(0), s.h, s.w, s.c}, torch::kInt32));
    buffers.emplace_back(outputs.back().data_ptr<std::int32_t>(),
                         static_cast<std::size_t>(outputs.back().numel()));
  }
  const auto session = runtime::make_session(file.plan, runtime::Device::reference);
  session->run({pixels.data_ptr<std::uint8_t>(), static_cast<std::size_t>(pixels.numel())},
               std::span<const std::span<std::int32_t>>(buffers));
  for (std::size_t i = 0; i < outputs.size(); ++i)
    outputs[i] = outputs[i].permute({0, 3, 1, 2}).to(torch::kFloat64) *
                 file.metadata.tensors[runtime::index(file.plan.outputs[i])].scale;
  return outputs;
}

}  // namespace zsq::tests
