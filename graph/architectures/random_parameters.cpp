#include "graph/architectures/random_parameters.h"

#include <cmath>
#include <numeric>
#include <string_view>

namespace zsq {
namespace {

/// SplitMix64 (Steele et al. 2014).
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : state_(seed) {}

  /// 0 <= x < 2^16 each, four of them.
  std::uint64_t four() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15U;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
  }

  double between(double low, double high) {
    return low + (high - low) * static_cast<double>(four() >> 48) / 65536;
  }

  /// Of mean 0 and deviation 1: the sum of four uniform ones. Not std::normal_distribution, of which every
  /// library has its own.
  double bell() {
    const std::uint64_t z = four();
    const auto sum =
        static_cast<double>((z & 0xFFFF) + ((z >> 16) & 0xFFFF) + ((z >> 32) & 0xFFFF) + (z >> 48));
    return (sum - 2 * 65535) / (65536 / std::sqrt(3.0));  // each has a variance of 65536^2 / 12
  }

 private:
  std::uint64_t state_;
};

/// FNV-1a.
std::uint64_t hash(std::string_view name, std::uint64_t seed) {
  std::uint64_t h = 0xCBF29CE484222325U ^ seed;
  for (const char c : name) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  return h;
}

}  // namespace

std::vector<float> RandomParameters::take(const std::string& name, const std::vector<std::int64_t>& dims) {
  const auto count = std::accumulate(dims.begin(), dims.end(), std::int64_t{1}, std::multiplies<>());
  std::vector<float> values(static_cast<std::size_t>(count));
  Draw draw(hash(name, seed_));
  const auto fill = [&](const auto& next) {
    for (float& v : values) v = static_cast<float>(next());
    return values;
  };
  if (dims.size() > 1) {
    const double deviation = std::sqrt(2.0 / static_cast<double>(count / dims[0]));
    return fill([&] { return deviation * draw.bell(); });
  }
  if (name.ends_with(".weight") || name.ends_with(".running_var"))
    return fill([&] { return draw.between(0.5, 1.5); });
  const double reach = name.ends_with(".running_mean") ? 0.1 : 0.5;
  return fill([&] { return draw.between(-reach, reach); });
}

}  // namespace zsq
