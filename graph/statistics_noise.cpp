#include "graph/statistics_noise.h"

#include <cmath>
#include <numbers>

#include "graph/check.h"
#include "graph/sha256.h"

namespace zsq {
namespace {

double normal_distribution(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }

/// The delta that noise of a deviation, in units of the sensitivity, gives at an epsilon.
double delta_of(double deviation, double epsilon) {
  const double a = 1 / (2 * deviation), b = epsilon * deviation;
  return normal_distribution(a - b) - std::exp(epsilon) * normal_distribution(-a - b);
}

/// Uniform in (0, 1): 52 bits of a digest.
double uniform(const std::string& digest, std::size_t first_digit) {
  const auto bits = std::stoull(digest.substr(first_digit, 13), nullptr, 16);
  return std::ldexp(static_cast<double>(bits) + 0.5, -52);
}

}  // namespace

double noise_deviation(const PrivacyBudget& budget) {
  constexpr double kMostEpsilon = 100;
  check(budget.epsilon > 0 && budget.epsilon <= kMostEpsilon, Fault::usage, "a privacy epsilon of ",
        budget.epsilon, " was given; it must lie in (0, ", kMostEpsilon, "], where 1 is usual");
  check(budget.delta > 0 && budget.delta < 1, Fault::usage, "a privacy delta of ", budget.delta,
        " was given; it must lie in (0, 1), well below one over the number of training images");
  check(budget.sensitivity > 0 && std::isfinite(budget.sensitivity), Fault::usage,
        "a privacy sensitivity of ", budget.sensitivity, " was given; it must be positive");
  check(!budget.key.empty(), Fault::usage,
        "noise needs a secret key to be drawn from; give one that nobody guesses");
  double low = 0, high = 1;  // delta falls as the deviation grows
  while (delta_of(high, budget.epsilon) > budget.delta) high *= 2;
  for (int i = 0; i < 100; ++i) {
    const double middle = (low + high) / 2;
    (middle > 0 && delta_of(middle, budget.epsilon) <= budget.delta ? high : low) = middle;
  }
  return high * budget.sensitivity;
}

std::vector<float> with_noise(std::vector<float> values, double deviation, const std::string& key,
                              std::string_view name) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    Sha256 hash;
    for (const std::string& part : {sha256(key), sha256(name), std::to_string(i)}) hash.add(part);
    const std::string digest = hash.hex();
    const double radius = std::sqrt(-2 * std::log(uniform(digest, 0)));  // Box and Muller 1958
    const double normal = radius * std::cos(2 * std::numbers::pi * uniform(digest, 13));
    values[i] = static_cast<float>(values[i] + deviation * normal);
  }
  return values;
}

}  // namespace zsq
