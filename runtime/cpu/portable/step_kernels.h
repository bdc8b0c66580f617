#pragma once

#include "runtime/cpu/implementation.h"
#include "runtime/cpu/portable/kernels.h"

/// The stages of one step that the loops compute. The plan and the loops outlive the kernels.
namespace zsq::runtime::cpu {

/// One filter for each channel.
inline bool is_depthwise(const Kernel& k) { return k.inputs_per_group == 1 && k.outputs == k.groups; }

std::unique_ptr<StageKernel> make_depthwise(const Plan& plan, const Conv2d& step, const Kernels& loops);
std::unique_ptr<StageKernel> make_convolution(const Plan& plan, const Conv2d& step, const Kernels& loops,
                                              const Layout& in);
std::unique_ptr<StageKernel> make_convolution(const Plan& plan, const WideConv2d& step, const Kernels& loops,
                                              const Layout& in);
std::unique_ptr<StageKernel> make_pixels(const Plan& plan, const Pixels& step);
std::unique_ptr<StageKernel> make_table(const Plan& plan, const Table& step);
std::unique_ptr<StageKernel> make_add(const Plan& plan, const Add& step, const Kernels& loops);
std::unique_ptr<StageKernel> make_max_pool(const Plan& plan, const MaxPool& step);
std::unique_ptr<StageKernel> make_avg_pool(const Plan& plan, const AvgPool& step);

/// Of narrow slots.
std::unique_ptr<StageKernel> make_moves(const Plan& plan, const Slice& step);
std::unique_ptr<StageKernel> make_moves(const Plan& plan, const Pad& step);
std::unique_ptr<StageKernel> make_moves(const Plan& plan, const Concat& step);

}  // namespace zsq::runtime::cpu
