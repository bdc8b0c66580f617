#include "runtime/cuda/finish.h"

#include <algorithm>

namespace zsq::runtime::cuda {
namespace {

constexpr int kWord = 32, kByte = 8;

/// A bias with the half of the first rounding: their sum is proven to fit.
std::int32_t start_of(const Kernel& kernel, std::size_t o, int first_shift) {
  return kernel.bias[o] + static_cast<std::int32_t>((std::uint32_t{1} << first_shift) >> 1);
}

/// Below 2^31 in a plan that is valid, unless the residual can only be its zero point.
std::uint32_t residual_factor(const Residual& residual, std::size_t o) {
  return static_cast<std::uint32_t>(residual.multiplier[o]) << residual.shift[o];
}

bool fits_upper_word(const Conv2d& s, std::size_t o) {
  const int to_word = kWord - s.rescale[o].second_shift;
  const auto fits = [](std::int64_t factor, int shift) { return factor << shift <= INT32_MAX; };
  return fits(s.rescale[o].multiplier, to_word) &&
         (!s.residual || (s.residual->shift[o] <= kWord - 16 &&
                          fits(std::int64_t{residual_factor(*s.residual, o)}, to_word - kByte)));
}

bool fits_upper_word(const Conv2d& s) {
  bool all = s.clamp == Clamp{};
  for (std::size_t o = 0; o < s.rescale.size(); ++o) all = all && fits_upper_word(s, o);
  return all;
}

Finish finish_of(const Conv2d& s, std::size_t o, bool by_upper_word) {
  const Rescale& r = s.rescale[o];
  const int to_word = by_upper_word ? kWord - r.second_shift : 0;
  const std::uint32_t residual = s.residual ? residual_factor(*s.residual, o) : 0;
  return {.start = start_of(s.kernel, o, r.first_shift),
          .multiplier = std::int32_t{r.multiplier} << to_word,
          .shifts = by_upper_word ? r.first_shift : r.first_shift | r.second_shift << kByte,
          .residual = static_cast<std::int32_t>(residual << (by_upper_word ? to_word - kByte : 0))};
}

void pad(std::vector<Finish>& all, std::int64_t multiple) {
  all.resize(static_cast<std::size_t>(up_to_multiple(std::ssize(all), multiple)));
}

}  // namespace

Finishes finishes(const Conv2d& s, std::int64_t multiple) {
  Finishes all{.by_output = {}, .by_upper_word = fits_upper_word(s)};
  for (std::size_t o = 0; o < s.rescale.size(); ++o)
    all.by_output.push_back(finish_of(s, o, all.by_upper_word));
  pad(all.by_output, multiple);
  return all;
}

Finishes finishes(const WideConv2d& s, std::int64_t multiple) {
  Finishes all;
  for (std::size_t o = 0; o < s.shift.size(); ++o)
    all.by_output.push_back({.start = start_of(s.kernel, o, s.shift[o]),
                             .multiplier = s.multiplier[o],
                             .shifts = s.shift[o],
                             .residual = 0});
  pad(all.by_output, multiple);
  return all;
}

}  // namespace zsq::runtime::cuda
