#include <algorithm>

#include "runtime/cuda/depthwise.h"
#include "runtime/cuda/finish.h"
#include "runtime/cuda/gemm.h"
#include "runtime/cuda/stem.h"

namespace zsq::runtime::cuda {
namespace {

std::vector<Channel> channels_of(const Conv2d& s) {
  std::vector<Channel> channels;
  for (std::size_t o = 0; o < s.rescale.size(); ++o)
    channels.push_back(
        {s.kernel.bias[o], s.rescale[o].multiplier, s.rescale[o].first_shift, s.rescale[o].second_shift});
  return channels;
}

std::vector<Channel> channels_of(const WideConv2d& s) {
  std::vector<Channel> channels;
  for (std::size_t o = 0; o < s.shift.size(); ++o)
    channels.push_back({s.kernel.bias[o], s.multiplier[o], s.shift[o], 0});
  return channels;
}

const Residual* residual_of(const Conv2d& s) { return s.residual ? &*s.residual : nullptr; }
const Residual* residual_of(const WideConv2d&) { return nullptr; }

Clamp clamp_of(const Conv2d& s) { return s.clamp; }
Clamp clamp_of(const WideConv2d&) { return {}; }

template <class S>
Launches prepare_gemm(const Context& context, const S& s) {
  const GemmConstants constants = pack_gemm(context, s.kernel, s.in, finishes(s, 1));
  const Residual* residual = residual_of(s);
  std::string suffix = is_padded(s.kernel.window) ? "_padded" : "";
  if (is_wide(context.plan[s.out])) suffix += "_wide";
  if (residual != nullptr) suffix += "_residual";
  const GemmShape* const forced = shape_named(context.tuning.convolution);
  return [&s, constants, suffix, residual, forced, processors = context.multiprocessors](const Frame& frame) {
    const Shape& out = (*frame.plan)[s.out].shape;
    const Layout& in = frame.layouts[index(s.in)];
    const GemmGroups groups = gemm_groups(s.kernel, in);
    const GemmExtent extent{.rows = frame.images * out.h * out.w,
                            .outputs = groups.outputs,
                            .k_tiles = gemm_k_tiles(s.kernel, in),
                            .groups = groups.count,
                            .columns = groups.columns()};
    const bool is_forced = forced != nullptr && fits(*forced, extent);
    const GemmShape& shape = is_forced ? *forced : best_shape(extent, processors);
    LaunchBuilder to(frame, std::string("zsq_gemm_") + shape.name + suffix);
    GemmArguments a = gemm_arguments(to, frame, s.kernel, s.in, s.out, constants);
    a.clamp = clamp_of(s);
    if (residual != nullptr) a.residual = to.reads(residual->in);
    const std::int64_t across = (groups.outputs + shape.columns - 1) / shape.columns;
    a.column_tiles = divisor(across);
    const std::int64_t blocks = (extent.rows + shape.rows - 1) / shape.rows * across;
    Launch launch =
        to.in_blocks(static_cast<std::uint32_t>(blocks), static_cast<std::uint32_t>(shape.threads), a);
    launch.grid[1] = static_cast<std::uint32_t>(groups.count);
    launch.dynamic_shared_bytes = static_cast<std::uint32_t>(shape.shared_bytes());
    return std::vector{std::move(launch)};
  };
}

ConstantArray add_factors(const Context& context, const Residual& residual) {
  std::vector<ResidualFactor> factors;
  for (std::size_t o = 0; o < residual.multiplier.size(); ++o)
    factors.push_back({residual.multiplier[o], residual.shift[o]});
  return context.constants.add(factors);
}

template <class S>
Launches prepare_direct(const Context& context, const S& s) {
  const ConstantArray weight = context.constants.add(s.kernel.weight);
  const ConstantArray channels = context.constants.add(channels_of(s));
  const Residual* residual = residual_of(s);
  const ConstantArray factors = residual != nullptr ? add_factors(context, *residual) : ConstantArray{};
  return [&s, weight, channels, residual, factors](const Frame& frame) {
    LaunchBuilder to(frame, kernel_for(*frame.plan, s.out, "convolution"));
    ConvolutionArguments a{.in = to.reads(s.in),
                           .out = to.writes(s.out),
                           .weight = to.reads(weight),
                           .channels = to.reads(channels),
                           .window = sides_of(s.kernel.window),
                           .inputs_per_group = static_cast<std::int32_t>(s.kernel.inputs_per_group),
                           .outputs_per_group = divisor(s.kernel.outputs / s.kernel.groups),
                           .clamp = clamp_of(s),
                           .work = to.values_of(s.out)};
    if (residual != nullptr) {
      a.residual = to.reads(residual->in);
      a.residual_factors = to.reads(factors);
    }
    return std::vector{to.one_thread_each(a)};
  };
}

constexpr const char* kDirect = "direct";

}  // namespace

std::vector<std::string> convolution_ways() {
  std::vector<std::string> ways;
  for (const GemmShape& shape : gemm_shapes()) ways.emplace_back(shape.name);
  ways.emplace_back(kDirect);
  return ways;
}

Launches prepare(const Context& context, const Conv2d& s) {
  if (context.tuning.convolution == kDirect) return prepare_direct(context, s);
  if (depthwise_takes(s)) return prepare_depthwise(context, s);
  if (stem_takes(context, s)) return prepare_stem(context, s);
  return gemm_takes(context, s.kernel, s.in) ? prepare_gemm(context, s) : prepare_direct(context, s);
}

Launches prepare(const Context& context, const WideConv2d& s) {
  const bool direct = context.tuning.convolution == kDirect || !gemm_takes(context, s.kernel, s.in);
  return direct ? prepare_direct(context, s) : prepare_gemm(context, s);
}

}  // namespace zsq::runtime::cuda
