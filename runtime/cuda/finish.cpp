#include "runtime/cuda/finish.h"

namespace zsq::runtime::cuda {
namespace {

std::int32_t half_of(int shift) { return static_cast<std::int32_t>((std::uint32_t{1} << shift) >> 1); }

/// A bias with the half of the first rounding: their sum is proven to fit.
std::int32_t start_of(const Kernel& kernel, std::size_t o, int first_shift) {
  return kernel.bias[o] + half_of(first_shift);
}

std::int32_t wrapping_sum(std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) + static_cast<std::uint32_t>(b));
}

/// By the zero point of a residual, modulo 2^32.
std::int32_t taken_away(const Plan& plan, const Residual& residual, std::size_t o) {
  const std::uint32_t factor = residual_factor(residual.multiplier[o], residual.shift[o]);
  return static_cast<std::int32_t>(0U - static_cast<std::uint32_t>(plan[residual.in].zero_point) * factor);
}

}  // namespace

std::vector<Finish> finishes(const Plan& plan, const Conv2d& s, std::int64_t multiple) {
  std::vector<Finish> all;
  for (std::size_t o = 0; o < s.rescale.size(); ++o) {
    const Rescale& r = s.rescale[o];
    all.push_back({.start = start_of(s.kernel, o, r.first_shift),
                   .multiplier = r.multiplier,
                   .shifts = r.first_shift | r.second_shift << 8,
                   .offset = s.residual
                                 ? wrapping_sum(half_of(r.second_shift), taken_away(plan, *s.residual, o))
                                 : half_of(r.second_shift) +
                                       plan[s.out].zero_point * (std::int32_t{1} << r.second_shift)});
  }
  all.resize(static_cast<std::size_t>(up_to_multiple(std::ssize(all), multiple)));
  return all;
}

std::vector<Finish> finishes(const Plan&, const WideConv2d& s, std::int64_t multiple) {
  std::vector<Finish> all;
  for (std::size_t o = 0; o < s.shift.size(); ++o)
    all.push_back({.start = start_of(s.kernel, o, s.shift[o]),
                   .multiplier = s.multiplier[o],
                   .shifts = s.shift[o],
                   .offset = 0});
  all.resize(static_cast<std::size_t>(up_to_multiple(std::ssize(all), multiple)));
  return all;
}

}  // namespace zsq::runtime::cuda
