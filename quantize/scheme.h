#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "quantize/bits.h"

namespace zsq::quantize {

/// How a layer's real weights are brought to its integer grid; each begins with what the one before it does.
enum class Rounding {
  nearest,
  sum_preserving,  // SQuant's flips (Guo et al. 2022): rounding errors cancel within each kernel and each
                   // channel
  second_order,    // what rounding one weight costs is taken back by those after it (see second_order.h)
  learned,         // block after block by gradients (see learned/learned_rounding.h)
};

/// How integers are learnt, where rounding is (see learned/).
enum class Learner {
  straight_through,  // a real number behind each, whose gradient is the integer's
  two_neighbours,    // up or down, by a stretched sigmoid and a penalty (AdaRound)
  mean_field,        // a distribution over several, annealed (proximal mean-field)
};

/// How wide a range a grid of integers covers.
enum class RangeMethod {
  min_max,  // all of it
  mse,      // the one with the smallest expected error of rounding and clipping together
};

/// What shares a scale among a layer's weights. tensor is what naive quantizers do: for comparisons.
enum class Granularity { channel, tensor };

/// Whether activations' grids have a zero point of their own, or reach as far below zero as above: for
/// comparisons.
enum class Symmetry { asymmetric, symmetric };

/// Whether each layer's bias takes back the mean shift that quantization gave its output (Nagel et al.
/// 2019, 4.2).
enum class BiasCorrection { none, empirical };

/// Whether the channels of what depthwise layers read are brought to one range (see equalize.h).
enum class Equalization { none, depthwise };

/// What precision is wanted where, and by which methods. Protocol C of the design: the first activation (the
/// pixels) and the classifier's input are 8 bit whatever activation_bits says; residual adds, pools and
/// concats are not excepted; logits are int32.
struct Scheme {
  int weight_bits = 8;                    // 2..8, of every layer that no rule names
  int activation_bits = 8;                // 2..8
  std::vector<BitsRule> bits = {};        // of layers by name; the last that matches counts
  std::optional<Rounding> rounding = {};  // none: rounding_of() says
  Learner learner = Learner::straight_through;
  int learning_steps = 200;  // of Adam for each block, 1..100000; where rounding is learned
  std::uint64_t seed = 0;    // of which images and values learning looks at
  RangeMethod weight_range = RangeMethod::mse;
  RangeMethod activation_range = RangeMethod::mse;
  Granularity granularity = Granularity::channel;
  Symmetry activation_symmetry = Symmetry::asymmetric;  // of all but pixels
  BiasCorrection bias_correction = BiasCorrection::empirical;
  Equalization equalization = Equalization::depthwise;
};

constexpr std::string_view name(Rounding r) {
  switch (r) {
    case Rounding::nearest: return "nearest";
    case Rounding::sum_preserving: return "sum-preserving";
    case Rounding::second_order: return "second-order";
    case Rounding::learned: return "learned";
  }
  return {};
}
constexpr std::string_view name(Learner l) {
  switch (l) {
    case Learner::straight_through: return "straight-through";
    case Learner::two_neighbours: return "two-neighbours";
    case Learner::mean_field: return "mean-field";
  }
  return {};
}
constexpr std::string_view name(RangeMethod m) { return m == RangeMethod::mse ? "mse" : "min-max"; }
constexpr std::string_view name(Granularity g) { return g == Granularity::channel ? "channel" : "tensor"; }
constexpr std::string_view name(Symmetry s) { return s == Symmetry::asymmetric ? "asymmetric" : "symmetric"; }
constexpr std::string_view name(BiasCorrection b) { return b == BiasCorrection::none ? "none" : "empirical"; }

constexpr std::string_view name(Equalization e) { return e == Equalization::none ? "none" : "depthwise"; }

/// What the scheme asks for; where it leaves it open, learned if any width is below 6 bits, else
/// second-order, which at 8 and 6 bits does as well in a fraction of the time.
Rounding rounding_of(const Scheme& scheme);

/// Throws Error (Fault::usage) where a width is outside 2..8, or the steps of learning outside 1..100000, or
/// rounding is learned with one scale for a tensor.
void check_scheme(const Scheme& scheme);

}  // namespace zsq::quantize
