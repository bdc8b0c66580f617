#include "runtime/narrow_sums.h"

#include <cstdlib>

#include "runtime/verifier/rules.h"

namespace zsq::runtime {
namespace {

constexpr std::int64_t kLowest = -32768, kHighest = 32767;

/// A pair for inputs in [0, 2^bits).
void check_pair(std::int32_t a, std::int32_t b, int bits) {
  const std::int64_t largest = (std::int64_t{1} << bits) - 1;
  const std::int64_t high = largest * (std::max(a, 0) + std::max(b, 0));
  const std::int64_t low = largest * (std::min(a, 0) + std::min(b, 0));
  need(high <= kHighest && low >= kLowest, "a pair of products can reach ", low, " and ", high,
       ", which 16 bits do not hold");
}

}  // namespace

void prove_narrow_sums(const NarrowSums& sums, const WordWeights& of) {
  constexpr std::size_t kSize = WordWeights::kSize, kHalves = kSize / 2;
  std::vector<std::int32_t> left(of.weight.begin(), of.weight.end());  // that no product has had yet
  std::size_t product = 0, sum = 0;
  for (std::size_t count = NarrowSums::kMost; count >= 1; --count)
    for (std::int64_t i = 0; i < sums.sums[count - 1]; ++i, ++sum) {
      std::array<std::int64_t, kHalves> reach{}, centre{};
      for (std::size_t p = 0; p < count; ++p, ++product) {
        const auto weight = std::span(sums.weight).subspan(product * kSize, kSize);
        const auto word = static_cast<std::size_t>(sums.word[product]);
        for (std::size_t h = 0; h < kHalves; ++h) {
          const std::int32_t a = weight[2 * h], b = weight[2 * h + 1];
          check_pair(a, b, of.bits);
          // x = u - 2^(bits-1) lies in [-2^(bits-1), 2^(bits-1)).
          reach[h] += std::int64_t{std::abs(a) + std::abs(b)} << (of.bits - 1);
          centre[h] -= std::int64_t{a + b} * (std::int64_t{1} << (of.bits - 1));
          left[word * kSize + 2 * h] -= a;
          left[word * kSize + 2 * h + 1] -= b;
        }
      }
      for (std::size_t h = 0; h < kHalves; ++h) {
        need(reach[h] <= kHighest, "a sum of ", count, " products can reach ", reach[h],
             ", which 16 bits do not hold");
        need(sums.centre[sum * kHalves + h] == static_cast<std::int16_t>(centre[h]), "a sum begins at ",
             sums.centre[sum * kHalves + h], ", needed ", centre[h], " modulo 2^16");
      }
    }
  for (const std::int32_t weight : left)
    need(weight == 0, "the products of a word leave ", weight, " of a weight out");
}

}  // namespace zsq::runtime
