#include "search/pareto.h"

#include <algorithm>

namespace zsq::search {
namespace {

std::vector<Goal> with(std::vector<Goal> goals, Goal more) {
  goals.push_back(more);
  return goals;
}

/// The least of a cost that the goals leave: of the program in which the cost is the loss.
double least_of(const Measured& m, Cost along, const std::vector<Goal>& goals) {
  Measured by_cost = m;
  for (std::size_t l = 0; l < m.space.layers.size(); ++l)
    for (std::size_t w = 0; w < m.space.layers[l].widths.size(); ++w)
      by_cost.sensitivity.weights[l][w] = cost_of(along, m.space, m.costs, l, m.space.layers[l].widths[w], 8);
  return cost_at(m, along, best_widths(by_cost, goals));
}

}  // namespace

std::vector<Widths> pareto(const Measured& m, Cost along, int points, const std::vector<Goal>& goals) {
  const double least = least_of(m, along, goals);
  const double most = std::max(least, cost_at(m, along, widest(m.space)));
  std::vector<Widths> all;
  for (int i = 0; i < points; ++i) {
    // A little more than the least, which sums in another order may miss.
    const double at = least + (most - least) * i / (points - 1) + 1e-9 * most;
    const Widths found = best_widths(m, with(goals, {along, at}));
    if (all.empty() || !(all.back() == found)) all.push_back(found);
  }
  return all;
}

std::optional<Widths> narrowest(const Measured& m, const std::vector<Goal>& goals,
                                const std::function<bool(const Widths&)>& accepted) {
  constexpr double kStep = 0.02;  // bits
  const Widths most = goals.empty() ? widest(m.space) : best_widths(m, goals);
  if (!accepted(most)) return std::nullopt;
  Widths best = most;
  double low = least_of(m, Cost::average_bits, goals), high = cost_at(m, Cost::average_bits, most);
  while (high - low > kStep) {
    const double middle = (low + high) / 2;
    const Widths here = best_widths(m, with(goals, {Cost::average_bits, middle}));
    if (accepted(here)) {
      best = here;
      high = middle;
    } else {
      low = middle;
    }
  }
  return best;
}

}  // namespace zsq::search
