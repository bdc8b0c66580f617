#include "synth/spectrum.h"

#include <numbers>

#include <gtest/gtest.h>
#include <torch/types.h>

#include "synth/noise.h"

namespace zsq::synth {
namespace {

Preprocessing pixels() { return {.mean = {0, 0, 0}, .deviation = {1, 1, 1}}; }

/// A wave of that many cycles a pixel across [1, 3, 64, 64], of amplitude 0.2 around 0.5; in one channel or
/// all.
torch::Tensor wave(double cycles, bool grey) {
  const auto x = torch::arange(64, torch::kFloat32) * (2 * std::numbers::pi * cycles);
  const auto plane = (0.2 * torch::sin(x)).expand({1, 1, 64, 64});
  const auto flat = torch::zeros_like(plane);
  return 0.5 + torch::cat({plane, grey ? plane : flat, grey ? plane : flat}, 1);
}

TEST(Spectrum, FindsAWaveInItsOctave) {
  for (int octave = 0; octave < 3; ++octave) {
    const Spectrum s = measure_spectrum(wave(0.375 / (1 << octave), true), pixels());
    ASSERT_EQ(s.brightness.size(), 3U);  // 4 cycles an image and finer
    for (int i = 0; i < 3; ++i)
      EXPECT_NEAR(s.brightness[static_cast<std::size_t>(i)], i == octave ? 0.02 : 0, 1e-5);
    EXPECT_NEAR(s.colour.front(), 0, 1e-9);
  }
}

TEST(Spectrum, TellsColourFromBrightness) {
  const Spectrum s = measure_spectrum(wave(0.375, false), pixels());
  EXPECT_NEAR(s.brightness.front(), 0.02 / 9, 1e-5);
  EXPECT_NEAR(s.colour.front(), 0.02 * 6 / 9, 1e-5);  // 2/3 and twice -1/3 of it
}

TEST(Spectrum, OctaveNoiseHasPowerInEveryOctave) {
  const Shape shape{1, 3, 64, 64};
  const Spectrum white =
      measure_spectrum(0.5 + 0.1 * torch::randn({8, 3, 64, 64}, batch_generator(0, 0)), pixels());
  EXPECT_GT(white.brightness[0], 2.5 * white.brightness[1]);
  const Preprocessing imagenet{.mean = {0.5, 0.5, 0.5}, .deviation = {0.2, 0.2, 0.2}};
  const Spectrum octaves =
      measure_spectrum(octave_noise(8, shape, imagenet, batch_generator(0, 0)), imagenet);
  EXPECT_LT(octaves.brightness[0], 2 * octaves.brightness[2]);
  const Spectrum coarse =
      measure_spectrum(octave_noise(8, shape, imagenet, batch_generator(0, 0), 8), imagenet);
  EXPECT_LT(coarse.brightness[0], 0.2 * octaves.brightness[0]);
}

}  // namespace
}  // namespace zsq::synth
