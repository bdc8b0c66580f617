#include "quantize/learned/learned_steps.h"

#include <algorithm>
#include <cmath>

#include "quantize/learned/distillation.h"
#include "quantize/learned/learned_rounding.h"
#include "quantize/learned/proximal_mean_field.h"
#include "quantize/learned/straight_through.h"
#include "quantize/learned/two_neighbours.h"

namespace zsq::quantize {
namespace {

/// Labels of a weight in the mean field: the four nearest where the grid has as many.
int labels(CodeRange range) { return std::min(4, range.high - range.low + 1); }

MakeCodes codes_of(Learner learner) {
  return [learner](const torch::Tensor& real, const torch::Tensor&,
                   CodeRange range) -> std::unique_ptr<WeightCodes> {
    switch (learner) {
      case Learner::straight_through: return std::make_unique<StraightThrough>(real, range);
      case Learner::two_neighbours: return std::make_unique<TwoNeighbours>(real, range);
      case Learner::mean_field: return std::make_unique<ProximalMeanField>(real, range, labels(range));
    }
    return nullptr;
  };
}

/// Of what decides between integers. The first learner's are in steps of the codes, which are finer at more
/// bits; the others' in units of a logarithm of odds.
double codes_rate(const Scheme& scheme) {
  constexpr double kOfCodes = 0.03, kOfOdds = 0.1;
  if (scheme.learner != Learner::straight_through) return kOfOdds;
  return kOfCodes * std::exp2(std::max(0, scheme.weight_bits - 4) / 2.0);
}

/// Each integer with what its weight leans to: those that are nearly undecided go over first.
std::unique_ptr<WeightCodes> leaning(const torch::Tensor& real, const torch::Tensor& codes, CodeRange range) {
  constexpr double kLeaning = 0.4;
  return std::make_unique<StraightThrough>(codes + (real - codes).clamp(-1, 1) * kLeaning, range);
}

}  // namespace

State with_blocks_learned(State state, const torch::Tensor& images, const Scheme& scheme,
                          const Progress& told) {
  QuantizedGraph start = std::move(state.network);
  start.graph = *state.uncorrected;
  const auto progress = [&](int block, int blocks) {
    if (told) told("learned rounding, block " + std::to_string(block + 1) + " of " + std::to_string(blocks));
  };
  const LearnOptions options{
      .steps = scheme.learning_steps, .codes_rate = codes_rate(scheme), .seed = scheme.seed};
  state.network =
      with_learned_rounding(std::move(start), images, codes_of(scheme.learner), options, progress);
  state.rounding = Rounding::learned;
  state.is_corrected = true;  // it learns biases too
  return state;
}

State with_network_distilled(State state, const torch::Tensor& images, const Scheme& scheme,
                             const Progress& told) {
  Scheme by_integers = scheme;
  by_integers.learner = Learner::straight_through;
  LearnOptions options{.steps = scheme.learning_steps, .seed = scheme.seed};
  options.codes_rate = codes_rate(by_integers) * 2 / 3;  // what was learnt is mended, not learnt anew
  options.scale_rate /= 3;
  options.grid_rate /= 3;
  const auto stop = [&] {
    if (told) told("distillation");
  };
  state.network = distilled(*state.uncorrected, std::move(state.network), images, leaning, options, stop);
  return state;
}

}  // namespace zsq::quantize
