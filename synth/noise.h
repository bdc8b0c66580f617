#pragma once

#include <cstdint>

#include <torch/types.h>

#include "graph/graph.h"
#include "graph/preprocessing.h"

namespace zsq::synth {

/// The control that every table carries: images that know nothing of the network. "Noise" is independent
/// Gaussian noise N(0, 1) in normalised space, pixel by pixel, clamped to valid pixels. [count, c, h, w]
/// float32 on the CPU.
torch::Tensor noise_images(const Graph& graph, const Preprocessing& preprocessing, int count,
                           std::uint64_t seed);

/// A generator of its own for each batch of each seed, never the global one.
torch::Generator batch_generator(std::uint64_t seed, int batch);

/// [n, c, h, w] of such noise from a generator.
torch::Tensor noise(int n, const Shape& image, const Preprocessing& preprocessing,
                    torch::Generator generator);

/// The same with the spectrum of photographs, whose power falls as 1 / frequency^2 (Field 1987): noise of
/// every octave, magnified to the image's size and added up with equal variance. A start much nearer to the
/// goal than white noise. grain: pixels, at least 1; octaves finer than that are left out, but for the
/// coarsest.
torch::Tensor octave_noise(int n, const Shape& image, const Preprocessing& preprocessing,
                           torch::Generator generator, int grain = 1);

}  // namespace zsq::synth
