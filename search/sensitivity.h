#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "search/candidates.h"
#include "search/loss.h"

namespace zsq::search {

/// By what a layer's width is judged.
enum class Measure {
  divergence,  // of the outputs, with that layer alone at that width, by its integer program
  noise,       // the same by the outputs' noise
  hessian,     // half the mean trace of the loss's Hessian times the squared perturbation (HAWQ-V2)
};

constexpr std::string_view name(Measure m) {
  switch (m) {
    case Measure::divergence: return "divergence";
    case Measure::noise: return "noise";
    case Measure::hessian: return "hessian";
  }
  return {};
}

/// What each width costs beyond the widest, in the measure's unit: by layer, and by group, in the order of
/// their widths. Never negative, and never less at fewer bits.
struct Sensitivity {
  std::vector<std::vector<double>> weights, activations;
};

/// Both direct measures at once: each layer and group alone at each of its widths, all else at its widest.
struct DirectSensitivity {
  Sensitivity divergence, noise;
};
DirectSensitivity direct_sensitivity(const Candidates& candidates, const Space& space, const LossMeter& meter,
                                     const Progress& told);

/// The sum over all knobs: what is expected of a choice of widths.
double predicted(const Space& space, const Sensitivity& sensitivity, const Widths& widths);

/// No less at fewer bits than at more.
std::vector<double> monotone(std::vector<double> by_rising_width);

}  // namespace zsq::search
