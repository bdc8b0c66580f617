#include "search/check.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

namespace zsq::search {
namespace {

std::vector<double> ranks(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return values[i]; });
  std::vector<double> rank(values.size());
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    for (std::size_t i = begin; i < end; ++i) rank[order[i]] = static_cast<double>(begin + end - 1) / 2;
  }
  return rank;
}

}  // namespace

double rank_correlation(std::span<const double> a, std::span<const double> b) {
  const auto x = ranks(a), y = ranks(b);
  const double middle = static_cast<double>(a.size() - 1) / 2;
  double xy = 0, xx = 0, yy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xy += (x[i] - middle) * (y[i] - middle);
    xx += (x[i] - middle) * (x[i] - middle);
    yy += (y[i] - middle) * (y[i] - middle);
  }
  return xx > 0 && yy > 0 ? xy / std::sqrt(xx * yy) : 0;
}

std::vector<Widths> random_widths(const Space& space, int count, std::uint64_t seed) {
  std::mt19937_64 random(seed);  // whose numbers are the same everywhere, as a distribution's are not
  const auto one_of = [&](const std::vector<int>& allowed) { return allowed[random() % allowed.size()]; };
  std::vector<Widths> all(static_cast<std::size_t>(count));
  for (Widths& w : all) {
    for (const Layer& layer : space.layers) w.weights.push_back(one_of(layer.widths));
    for (const Group& group : space.groups) w.activations.push_back(one_of(group.widths));
  }
  return all;
}

Check check_together(const Candidates& candidates, const Space& space, const LossMeter& meter, int count,
                     std::uint64_t seed, const Progress& told) {
  Check check{random_widths(space, count, seed), {}};
  for (const Widths& widths : check.widths) {
    told("checking assignment " + std::to_string(check.together.size() + 1) + " of " + std::to_string(count));
    check.together.push_back(meter.of(assembled(candidates, space, widths)));
  }
  return check;
}

double order_kept(const Space& space, const Sensitivity& sensitivity, const Check& check) {
  std::vector<double> expected, measured;
  for (std::size_t i = 0; i < check.widths.size(); ++i) {
    expected.push_back(predicted(space, sensitivity, check.widths[i]));
    measured.push_back(check.together[i].divergence);
  }
  return rank_correlation(expected, measured);
}

}  // namespace zsq::search
