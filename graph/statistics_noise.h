#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Noise on what batch norms remember, for who hands it out: the Gaussian mechanism of differential privacy.
namespace zsq {

struct PrivacyBudget {
  double epsilon = 0;      // > 0
  double delta = 0;        // in (0, 1)
  double sensitivity = 0;  // > 0: how far one record of the training set can move all numbers together (L2)
  std::string key;         // secret; the noise is drawn from it, and whoever knows it can take the noise off
};

/// The least deviation of normal noise on numbers of that L2 sensitivity which gives (epsilon, delta)
/// differential privacy: the analytic Gaussian mechanism (Balle and Wang 2018, theorem 8), for any epsilon.
/// Throws Error (Fault::usage) for what is out of range.
double noise_deviation(const PrivacyBudget& budget);

/// Adds normal noise of that deviation; the same key and name give the same noise. Doubles' low bits are not
/// guarded against (Mironov 2012): results are rounded to floats.
std::vector<float> with_noise(std::vector<float> values, double deviation, const std::string& key,
                              std::string_view name);

}  // namespace zsq
