#include "runtime/cuda/prepare.h"

namespace zsq::runtime::cuda {
namespace {

/// What narrow and wide convolutions have in common.
struct Arrays {
  ConstantArray weight, channels, residual;
};

ConvolutionArguments arguments(LaunchBuilder& to, const Kernel& kernel, const Arrays& arrays) {
  return {.weight = to.reads(arrays.weight),
          .channels = to.reads(arrays.channels),
          .window = sides_of(kernel.window),
          .inputs_per_group = static_cast<std::int32_t>(kernel.inputs_per_group),
          .outputs_per_group = divisor(kernel.outputs / kernel.groups)};
}

}  // namespace

Launches prepare(const Plan&, const Conv2d& s, ConstantPool& constants) {
  std::vector<Channel> channels;
  for (std::size_t o = 0; o < s.rescale.size(); ++o)
    channels.push_back(
        {s.kernel.bias[o], s.rescale[o].multiplier, s.rescale[o].first_shift, s.rescale[o].second_shift});
  Arrays arrays{constants.add(s.kernel.weight), constants.add(channels), {}};
  if (s.residual) {
    std::vector<ResidualFactor> factors;
    for (std::size_t o = 0; o < s.rescale.size(); ++o)
      factors.push_back({s.residual->multiplier[o], s.residual->shift[o]});
    arrays.residual = constants.add(factors);
  }
  return [&s, arrays](const Frame& frame) {
    LaunchBuilder to(frame, "zsq_convolution");
    ConvolutionArguments a = arguments(to, s.kernel, arrays);
    a.in = to.reads(s.in);
    a.out = to.writes(s.out);
    a.clamp = s.clamp;
    a.work = to.values_of(s.out);
    if (s.residual) {
      a.residual = to.reads(s.residual->in);
      a.residual_factors = to.reads(arrays.residual);
    }
    return std::vector{to.one_thread_each(a)};
  };
}

Launches prepare(const Plan&, const WideConv2d& s, ConstantPool& constants) {
  std::vector<Channel> channels;
  for (std::size_t o = 0; o < s.shift.size(); ++o)
    channels.push_back({s.kernel.bias[o], s.multiplier[o], s.shift[o], 0});
  const Arrays arrays{constants.add(s.kernel.weight), constants.add(channels), {}};
  return [&s, arrays](const Frame& frame) {
    LaunchBuilder to(frame, "zsq_wide_convolution");
    ConvolutionArguments a = arguments(to, s.kernel, arrays);
    a.in = to.reads(s.in);
    a.out = to.writes(s.out);
    a.work = to.values_of(s.out);
    return std::vector{to.one_thread_each(a)};
  };
}

}  // namespace zsq::runtime::cuda
