#include "runtime/arith.h"

#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "graph/check.h"
#include "tests/runtime/model_arith.h"
#include "tests/runtime/model_cube.h"

namespace zsq::runtime {
namespace {

constexpr Rescale kHalf{1 << 14, 0, 15};
static_assert(rescale(3, kHalf) == 2);    // 1.5 -> 2, ties up
static_assert(rescale(-3, kHalf) == -1);  // -1.5 -> -1, ties up
static_assert(requantize(INT32_MAX, kHalf, 0, {}) == 127);
static_assert(requantize(INT32_MIN, kHalf, 0, {}) == -128);
static_assert(shift_round(5, 0) == 5 && shift_round(-(1 << 30), 31) == 0 && shift_round(1 << 29, 31) == 0);
static_assert(range_of(8).low == -128 && range_of(2).high == 1);

/// The largest accumulator that the proof admits under a first shift.
std::int32_t largest_acc(int shift) {
  return static_cast<std::int32_t>((std::int64_t{1} << 31) - 1 - ((std::int64_t{1} << shift) >> 1));
}

constexpr Clamp kClamps[] = {{-128, 127}, {0, 127}, {-8, 7}, {-1, 1}, {5, 5}};

TEST(ShiftRound, EqualsTheModelAtEveryShiftOnTiesAndExtremes) {
  std::mt19937 random(1);
  for (int shift = 0; shift <= 31; ++shift) {
    const std::int64_t most = largest_acc(shift), half = (std::int64_t{1} << shift) >> 1;
    std::uniform_int_distribution<std::int64_t> any(-most, most);
    std::vector<std::int64_t> values{0, 1, -1, most, -most};
    for (const std::int64_t multiple : {-3, -1, 0, 1, 3})  // ties and their neighbours
      for (const std::int64_t beside : {-1, 0, 1}) values.push_back(half * multiple + beside);
    for (int i = 0; i < 1000; ++i) values.push_back(any(random));
    for (const std::int64_t v : values) {
      if (std::abs(v) > most) continue;
      ASSERT_EQ(shift_round(static_cast<std::int32_t>(v), shift), model::round_half_up(v, shift))
          << v << ' ' << shift;
    }
  }
}

/// Accumulators whose first or second rounding is a tie, whose middle saturates, or that are extreme.
std::vector<std::int64_t> corners(Rescale r) {
  const std::int64_t most = largest_acc(r.first_shift), unit = std::int64_t{1} << r.first_shift;
  std::vector<std::int64_t> found{0, 1, -1, most, -most, most - 1, 1 - most};
  for (const std::int64_t middle : {-32769, -32768, -32767, -1, 0, 1, 32766, 32767, 32768})
    for (const std::int64_t beside : {-unit / 2 - 1, -unit / 2, std::int64_t{0}, unit / 2 - 1, unit / 2})
      found.push_back(middle * unit + beside);
  // middle * m is an odd multiple of half a step where middle holds that power of two.
  for (std::int64_t middle = 1; middle < 32768; middle *= 2)
    for (const std::int64_t odd : {-3, -1, 1, 3}) found.push_back(middle * odd * unit);
  std::erase_if(found, [&](std::int64_t v) { return std::abs(v) > most; });
  return found;
}

TEST(Requantize, EqualsTheModelForEveryShiftAndExtremeMultiplier) {
  std::mt19937 random(2);
  for (int k = 0; k <= 31; ++k)
    for (int t = 1; t <= 21; ++t)
      for (const int m : {1, 1 << 13, 1 << 14, (1 << 14) + 1, 23170, (1 << 15) - 1}) {
        const Rescale r{static_cast<std::int16_t>(m), static_cast<std::uint8_t>(k),
                        static_cast<std::uint8_t>(t)};
        auto values = corners(r);
        std::uniform_int_distribution<std::int64_t> any(-largest_acc(k), largest_acc(k));
        for (int i = 0; i < 20; ++i) values.push_back(any(random));
        for (const std::int64_t acc : values) {
          const auto a = static_cast<std::int32_t>(acc);
          ASSERT_EQ(rescale(a, r), model::rescale(acc, m, k, t))
              << acc << " m " << m << " k " << k << " t " << t;
          for (const Clamp& clamp : kClamps)
            for (const int zero : {-128, 0, 127})
              ASSERT_EQ(requantize(a, r, zero, clamp),
                        model::clamp(model::rescale(acc, m, k, t) + zero, clamp.low, clamp.high));
        }
      }
}

TEST(Requantize, AddsAResidualBetweenTheRoundings) {
  std::mt19937 random(3);
  std::uniform_int_distribution<std::int64_t> centred(-255, 255), multiplier(0, 32767), shift(0, 21);
  std::int64_t tried = 0;
  while (tried < 300'000) {
    const std::int64_t k = shift(random), t = 1 + shift(random) % 21, m = 1 + multiplier(random) % 32767;
    const std::int64_t q = tried % 7 == 0 ? 255 : centred(random), mr = multiplier(random), j = shift(random);
    std::uniform_int_distribution<std::int64_t> any(-largest_acc(static_cast<int>(k)),
                                                    largest_acc(static_cast<int>(k)));
    const std::int64_t acc = any(random), term = q * mr * model::power(j);
    if (std::abs(term) + 32768 * m + model::power(t - 1) >= model::power(31))
      continue;  // the proof refuses it
    ++tried;
    const std::int32_t got_term =
        residual_term(static_cast<std::int32_t>(q), static_cast<std::int32_t>(mr), static_cast<int>(j));
    ASSERT_EQ(got_term, term);
    const Rescale r{static_cast<std::int16_t>(m), static_cast<std::uint8_t>(k), static_cast<std::uint8_t>(t)};
    ASSERT_EQ(requantize(static_cast<std::int32_t>(acc), got_term, r, 3, {}),
              model::clamp(model::rescale(acc, m, k, t, term) + 3, -128, 127));
  }
}

TEST(Add, EqualsTheModel) {
  std::mt19937 random(4);
  std::uniform_int_distribution<std::int32_t> centred(-255, 255), multiplier(0, 32767), shift(1, 30);
  for (int i = 0; i < 300'000; ++i) {
    const AddFactors f{i % 5 == 0 ? 32767 : multiplier(random),
                       i % 3 == 0 ? 1 << (i % 15) : multiplier(random), shift(random)};
    const std::int32_t a = i % 4 == 0 ? -255 : centred(random), b = centred(random);
    const model::Wide sum = model::Wide{a} * f.a_multiplier + model::Wide{b} * f.b_multiplier;
    ASSERT_EQ(add(a, b, f, -7, {-100, 90}), model::clamp(model::round_half_up(sum, f.shift) - 7, -100, 90));
  }
}

TEST(Pixel, EqualsTheModel) {
  std::mt19937 random(5);
  std::uniform_int_distribution<std::int32_t> multiplier(-8'000'000, 8'000'000),
      offset(-100'000'000, 100'000'000);
  for (int i = 0; i < 20'000; ++i) {
    const std::int32_t m = multiplier(random), b = offset(random);
    for (const int p : {0, 1, 127, 128, 254, 255})
      for (const int s : {0, 1, 16, 24, 31})
        ASSERT_EQ(pixel(p, m, b, s, {}),
                  model::clamp(model::floor_divide(model::Wide{p} * m + b, model::power(s)), -128, 127));
  }
}

TEST(ToWide, EqualsTheModel) {
  std::mt19937 random(6);
  for (int shift = 0; shift <= 31; ++shift) {
    std::uniform_int_distribution<std::int32_t> any(-largest_acc(shift), largest_acc(shift));
    for (int i = 0; i < 1000; ++i) {
      const std::int32_t acc = any(random), m = i % 32768;
      ASSERT_EQ(to_wide(acc, shift, m), model::sat16(model::round_half_up(acc, shift)) * m);
    }
  }
}

TEST(WideAverage, EqualsTheModel) {
  std::mt19937 random(8);
  for (int shift = 0; shift <= 31; ++shift) {
    std::uniform_int_distribution<std::int32_t> any(-largest_acc(shift), largest_acc(shift));
    for (int i = 0; i < 1000; ++i) {
      const std::int32_t sum = any(random);
      const model::Wide average = model::round_half_up(sum, shift);
      const auto most = static_cast<std::int32_t>(INT32_MAX / std::max<model::Wide>(1, std::abs(average)));
      for (const std::int32_t m : {0, 1, most / 2, most})
        ASSERT_EQ(wide_average(sum, shift, m), average * m) << sum << ' ' << shift << ' ' << m;
    }
  }
}

TEST(WideActivation, EqualsTheModel) {
  static_assert(wide_activation(-5, {}, {0, INT32_MAX}) == 0);
  static_assert(wide_activation(7, {}, {0, 6}) == 6);
  static_assert(wide_activation(-24, {3, 4}, {INT32_MIN, INT32_MAX}) == -3);  // -1.5 -> -1, ties up
  std::mt19937 random(9);
  for (int shift = 0; shift <= 31; ++shift) {
    std::uniform_int_distribution<std::int32_t> any(-largest_acc(shift), largest_acc(shift));
    for (int i = 0; i < 1000; ++i) {
      const std::int32_t x = i % 5 == 0 ? i % 3 - 1 : any(random), a = any(random), b = any(random);
      const model::Wide below = model::round_half_up(x, shift);
      const auto m = static_cast<std::int32_t>(INT32_MAX / std::max<model::Wide>(1, std::abs(below)));
      ASSERT_EQ(wide_activation(x, {m, shift}, {std::min(a, b), std::max(a, b)}),
                model::clamp(x < 0 ? below * m : x, std::min(a, b), std::max(a, b)));
    }
  }
}

/// The two weights of a place, and that no other place has one.
TEST(Between, EqualsTheTriangleOfTheModel) {
  for (std::int64_t extent = 1; extent <= 9; ++extent)
    for (std::int64_t factor = 1; factor <= 9; ++factor)
      for (std::int64_t at = 0; at < extent * factor; ++at) {
        const Between b = between(at, factor, extent);
        std::vector<model::Wide> weights(static_cast<std::size_t>(extent), 0), wanted;
        weights.at(static_cast<std::size_t>(b.first)) += b.first_weight;
        weights.at(static_cast<std::size_t>(b.second)) += b.second_weight;
        for (std::int64_t p = 0; p < extent; ++p) wanted.push_back(model::triangle(p, at, factor, extent));
        ASSERT_EQ(weights, wanted) << at << " of " << extent << " by " << factor;
        ASSERT_EQ(b.first_weight + b.second_weight, 2 * factor);
        ASSERT_TRUE(b.first_weight >= 0 && b.second_weight >= 0);
      }
}

TEST(Rescale, StaysWithinOneStepOfTheExactProductOverTheWholeRangeOfFactors) {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> any_exponent(-30.0, 13.9), any_output(-255.0, 255.0);
  for (int i = 0; i < 1'000'000; ++i) {
    const double factor = std::exp2(any_exponent(random));
    const Rescale r = to_rescale(factor);
    const double wanted = any_output(random) / factor;
    if (std::abs(wanted) > 0x1p30) continue;
    const auto acc = static_cast<std::int32_t>(wanted);
    const long double exact =
        std::floor(static_cast<long double>(acc) * static_cast<long double>(factor) + 0.5L);
    ASSERT_LE(std::abs(static_cast<long double>(rescale(acc, r)) - exact), 1) << acc << " by " << factor;
  }
}

TEST(Rescale, CutsOffOnlyWhatTheClampWouldCutOff) {
  for (double factor = 0x1p-30; factor < 8; factor *= 1.01) {
    const Rescale r = to_rescale(factor);
    const auto beyond = static_cast<std::int32_t>(std::min(256.0 / factor, 0x1p30));
    if (beyond * factor < 255.5) continue;  // no accumulator reaches the end of the range
    EXPECT_GE(rescale(beyond, r), 255) << factor;
    EXPECT_LE(rescale(-beyond, r), -255) << factor;
  }
}

TEST(ToRescale, KeepsFifteenBits) {
  for (const double factor : {0.5, 0.9999999999, 1.0 / 3.0, 0x1p-31, 1e-6, 1.0, 7.25, 16383.5}) {
    const Rescale r = to_rescale(factor);
    EXPECT_GE(r.multiplier, 1 << 14);
    EXPECT_GE(r.second_shift, 1);
    EXPECT_LE(std::abs(std::ldexp(r.multiplier, -r.first_shift - r.second_shift) / factor - 1.0), 0x1p-15);
  }
  for (const double factor : {0.0, -1.0, 16384.0, 16383.9999, 1e300, std::nan("")})
    EXPECT_THROW(to_rescale(factor), Error);
  EXPECT_EQ(rescale(INT32_MAX / 2, to_rescale(1e-30)), 0);
}

}  // namespace
}  // namespace zsq::runtime
