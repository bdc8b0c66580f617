#include "runtime/cpu/tiles/endings.h"

#include <numeric>
#include <span>

namespace zsq::runtime::cpu {
namespace {

Packed<std::int32_t> spread_out(const Spread& spread, const auto& constant_of) {
  Packed<std::int32_t> constants;
  for (const std::int64_t c : spread.channel)
    constants.push_back(c < 0 ? 0 : static_cast<std::int32_t>(constant_of(static_cast<std::size_t>(c))));
  return constants;
}

std::uint32_t half_of(int shift) { return (std::uint32_t{1} << shift) >> 1; }

/// Unsigned, for it may wrap around: the sums that follow bring it back.
std::uint32_t start_of(const Kernel& kernel, std::size_t c, int first_shift, const Spread& spread) {
  const std::size_t taps = kernel.weight.size() / kernel.bias.size();
  const auto weight = std::span(kernel.weight).subspan(c * taps, taps);
  const std::int64_t sum = std::accumulate(weight.begin(), weight.end(), std::int64_t{0});
  const std::uint32_t start = static_cast<std::uint32_t>(kernel.bias[c]) + half_of(first_shift) -
                              static_cast<std::uint32_t>(spread.added * sum);
  return start << spread.factor_bits;
}

}  // namespace

std::vector<std::int64_t> in_vectors(std::int64_t begin, std::int64_t end, std::int64_t lanes) {
  std::vector<std::int64_t> channel;
  for (std::int64_t c = begin; c < end; ++c) channel.push_back(c);
  while (std::ssize(channel) % lanes != 0) channel.push_back(-1);
  return channel;
}

std::vector<std::int64_t> in_quads(std::int64_t begin, std::int64_t end, std::int64_t lanes) {
  std::vector<std::int64_t> channel;
  for (std::int64_t block = begin; block < end; block += 4 * lanes)
    for (std::int64_t v = 0; v < 4; ++v)
      for (std::int64_t lane = 0; lane < lanes; ++lane) {
        const std::int64_t c = block + quad_channel(v, lane);
        channel.push_back(c < end ? c : -1);
      }
  return channel;
}

Endings::Endings(const Plan& plan, const Conv2d& step, const Spread& spread)
    : zero_point_(plan[step.out].zero_point), clamp_(step.clamp) {
  const auto constants = [&](const auto& of) { return spread_out(spread, of); };
  start_ =
      constants([&](std::size_t c) { return start_of(step.kernel, c, step.rescale[c].first_shift, spread); });
  first_shift_ = constants([&](std::size_t c) { return step.rescale[c].first_shift + spread.factor_bits; });
  multiplier_ = constants([&](std::size_t c) { return step.rescale[c].multiplier; });
  second_shift_ = constants([&](std::size_t c) { return step.rescale[c].second_shift; });
  // Unsigned as well: the proof is of the whole sum before the second shift, not of its parts.
  const auto factor = [&](std::size_t c) {
    if (!step.residual) return std::uint32_t{0};
    return static_cast<std::uint32_t>(step.residual->multiplier[c]) << step.residual->shift[c];
  };
  const auto zero = step.residual ? static_cast<std::uint32_t>(plan[step.residual->in].zero_point) : 0U;
  half_ = constants([&](std::size_t c) { return half_of(step.rescale[c].second_shift) - zero * factor(c); });
  if (step.residual) residual_factor_ = constants(factor);
}

Endings::Endings(const WideConv2d& step, const Spread& spread) {
  const auto constants = [&](const auto& of) { return spread_out(spread, of); };
  start_ = constants([&](std::size_t c) { return start_of(step.kernel, c, step.shift[c], spread); });
  first_shift_ = constants([&](std::size_t c) { return step.shift[c] + spread.factor_bits; });
  multiplier_ = constants([&](std::size_t c) { return step.multiplier[c]; });
}

Ending Endings::from(std::int64_t channel) const {
  const auto begin = [](const Packed<std::int32_t>& constants) {
    return constants.empty() ? nullptr : constants.data();
  };
  return Ending{.start = begin(start_),
                .first_shift = begin(first_shift_),
                .multiplier = begin(multiplier_),
                .half = begin(half_),
                .second_shift = begin(second_shift_),
                .residual_factor = begin(residual_factor_),
                .zero_point = zero_point_,
                .clamp = clamp_}
      .from(channel);
}

}  // namespace zsq::runtime::cpu
