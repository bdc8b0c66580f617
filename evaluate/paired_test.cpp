#include "evaluate/paired_test.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace zsq::evaluate {

PairedTest paired_test(std::int64_t lost, std::int64_t gained) {
  const std::int64_t n = lost + gained, fewer = std::min(lost, gained);
  const auto log_factorial = [](std::int64_t k) { return std::lgamma(static_cast<double>(k) + 1); };
  double tail = 0;
  for (std::int64_t k = 0; k <= fewer; ++k)
    tail += std::exp(log_factorial(n) - log_factorial(k) - log_factorial(n - k) -
                     static_cast<double>(n) * std::log(2.0));
  return {lost, gained, std::min(1.0, 2 * tail)};
}

PairedTest paired_test(std::string_view first, std::string_view second) {
  assert(first.size() == second.size());
  std::int64_t lost = 0, gained = 0;
  for (std::size_t i = 0; i < first.size(); ++i) {
    lost += first[i] == '1' && second[i] != '1' ? 1 : 0;
    gained += first[i] != '1' && second[i] == '1' ? 1 : 0;
  }
  return paired_test(lost, gained);
}

}  // namespace zsq::evaluate
