#pragma once

#include <span>

#include "quantize/quantized_graph.h"
#include "runtime/plan.h"

/// The layers with weights, in integers. Private to quantize/.
namespace zsq::quantize {

/// The smallest weight scale of each output channel with which its bias fits an int32 accumulator with room
/// to spare.
std::vector<double> smallest_scales(std::span<const float> bias, const QParams& in);

/// What one layer becomes, but for its place in the plan.
struct LoweredLayer {
  runtime::Kernel kernel;
  std::vector<double> accumulator_scale;  // real value of one unit of each output's accumulator
};

/// in_shape: of the layer's input before any flattening; a linear layer is a kernel as large as its image.
/// constant_scale: accumulator scale of channels whose codes are all 0, which hold nothing but their bias.
LoweredLayer lower_kernel(const Op& layer, const QuantizedWeight& weight, const QParams& in,
                          const Shape& in_shape, double constant_scale);

/// Bounds of the output's codes: the grid's, narrowed by an absorbed activation.
runtime::Clamp bounds(const QParams& out, const std::optional<Clamp>& clamp);

/// A convolution's epilogue: its rescales, and with them the residual's factors where there is one. `in` is
/// the layer's input. Requires the step's kernel and clamp.
void lower_epilogue(runtime::Conv2d& step, std::span<const double> accumulator_scale, const runtime::Slot& in,
                    const QParams& out, const std::optional<QParams>& residual);

/// The first half of a wide layer's epilogue: the shifts that bring its accumulators to 16 bits. `in` is the
/// layer's input. Returns the largest |real value| that those 16 bits can mean.
double choose_shifts(runtime::WideConv2d& step, std::span<const double> accumulator_scale,
                     const runtime::Slot& in);

/// The second half: the multipliers that bring all channels to one scale. It must be at least the largest
/// value divided by 32767^2.
void choose_multipliers(runtime::WideConv2d& step, std::span<const double> accumulator_scale, double scale);

/// Of a layer's input, looking through flattening: a linear layer takes the image itself.
Shape image_behind(const Graph& graph, NodeId input);

}  // namespace zsq::quantize
