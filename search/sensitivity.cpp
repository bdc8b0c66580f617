#include "search/sensitivity.h"

#include <algorithm>

namespace zsq::search {

std::vector<double> monotone(std::vector<double> losses) {
  double least = 0;
  for (std::size_t i = losses.size(); i-- > 0;) least = losses[i] = std::max(losses[i], least);
  return losses;
}

DirectSensitivity direct_sensitivity(const Candidates& candidates, const Space& space, const LossMeter& meter,
                                     const Progress& told) {
  const Widths base = widest(space);
  const Loss at_base = meter.of(assembled(candidates, space, base));
  DirectSensitivity found;
  // knob: the one of `base` that is changed.
  const auto measure = [&](const std::vector<int>& widths, const std::function<int&(Widths&)>& knob,
                           auto member) {
    std::vector<double> divergence, noise;
    for (const int bits : widths) {
      Widths one = base;
      Loss loss;
      if (knob(one) != bits) {
        knob(one) = bits;
        const Loss here = meter.of(assembled(candidates, space, one));
        loss = {.divergence = here.divergence - at_base.divergence, .noise = here.noise - at_base.noise};
      }
      divergence.push_back(loss.divergence);
      noise.push_back(loss.noise);
    }
    (found.divergence.*member).push_back(monotone(divergence));
    (found.noise.*member).push_back(monotone(noise));
  };
  for (std::size_t l = 0; l < space.layers.size(); ++l) {
    told("sensitivity of " + space.layers[l].name);
    measure(
        space.layers[l].widths, [l](Widths& w) -> int& { return w.weights[l]; }, &Sensitivity::weights);
  }
  for (std::size_t g = 0; g < space.groups.size(); ++g) {
    told("sensitivity of activations, " + std::to_string(g + 1) + " of " +
         std::to_string(space.groups.size()));
    measure(
        space.groups[g].widths, [g](Widths& w) -> int& { return w.activations[g]; },
        &Sensitivity::activations);
  }
  return found;
}

double predicted(const Space& space, const Sensitivity& sensitivity, const Widths& widths) {
  const auto position = [](const std::vector<int>& allowed, int bits) {
    return static_cast<std::size_t>(std::ranges::find(allowed, bits) - allowed.begin());
  };
  double sum = 0;
  for (std::size_t l = 0; l < space.layers.size(); ++l)
    sum += sensitivity.weights[l][position(space.layers[l].widths, widths.weights[l])];
  for (std::size_t g = 0; g < space.groups.size(); ++g)
    sum += sensitivity.activations[g][position(space.groups[g].widths, widths.activations[g])];
  return sum;
}

}  // namespace zsq::search
