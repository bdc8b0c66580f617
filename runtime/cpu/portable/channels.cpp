#include "runtime/cpu/portable/channels.h"

namespace zsq::runtime::cpu {

std::int64_t packed_bytes(const Blocks& blocks, const Kernel& kernel) {
  constexpr std::int64_t kConstants = 7, kWord = 4;
  const std::int64_t depth = std::ssize(kernel.weight) / kernel.outputs;  // at most 2^31 weights fit a file
  return blocks.count() * kLanes * kWord * (depth + kConstants);
}

std::vector<std::int32_t> pack_weights(const Blocks& blocks, const Kernel& kernel) {
  const std::size_t depth = kernel.weight.size() / kernel.bias.size();
  std::vector<std::int32_t> packed;
  packed.reserve(static_cast<std::size_t>(blocks.count() * kLanes) * depth);
  for (std::int64_t b = 0; b < blocks.count(); ++b)
    for (std::size_t k = 0; k < depth; ++k)
      for (std::int64_t lane = 0; lane < kLanes; ++lane) {
        const auto channel = blocks.channel(b, lane);
        packed.push_back(channel ? kernel.weight[*channel * depth + k] : 0);
      }
  return packed;
}

ChannelConstants::ChannelConstants(const Blocks& blocks, const Plan& plan, const Conv2d& step)
    : zero_point_(plan[step.out].zero_point), clamp_(step.clamp) {
  bias_ = spread(blocks, [&](std::size_t c) { return step.kernel.bias[c]; });
  multiplier_ = spread(blocks, [&](std::size_t c) { return step.rescale[c].multiplier; });
  first_shift_ = spread(blocks, [&](std::size_t c) { return step.rescale[c].first_shift; });
  second_shift_ = spread(blocks, [&](std::size_t c) { return step.rescale[c].second_shift; });
  if (!step.residual) return;
  residual_zero_point_ = plan[step.residual->in].zero_point;
  residual_multiplier_ = spread(blocks, [&](std::size_t c) { return step.residual->multiplier[c]; });
  residual_shift_ = spread(blocks, [&](std::size_t c) { return step.residual->shift[c]; });
}

Epilogue ChannelConstants::epilogue(std::int64_t block) const {
  const std::int64_t first = block * kLanes;
  const bool residual = !residual_multiplier_.empty();
  return {.bias = bias_.data() + first,
          .multiplier = multiplier_.data() + first,
          .first_shift = first_shift_.data() + first,
          .second_shift = second_shift_.data() + first,
          .residual_multiplier = residual ? residual_multiplier_.data() + first : nullptr,
          .residual_shift = residual ? residual_shift_.data() + first : nullptr,
          .residual_zero_point = residual_zero_point_,
          .zero_point = zero_point_,
          .clamp = clamp_};
}

}  // namespace zsq::runtime::cpu
