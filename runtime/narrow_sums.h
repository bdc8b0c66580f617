#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "runtime/kernel.h"

namespace zsq::runtime {

/// Weights of eight output channels, four inputs to a word: [words][8][4], and how many bits the inputs
/// have.
struct WordWeights {
  static constexpr std::int64_t kLanes = 8, kSize = 4 * kLanes;

  std::span<const std::int8_t> weight;
  int bits = 8;

  std::int64_t words() const { return std::ssize(weight) / kSize; }
  std::span<const std::int8_t> word(std::int64_t w) const {
    return weight.subspan(static_cast<std::size_t>(w * kSize), kSize);
  }
};

/// How the products of WordWeights are summed in 16 bits, twice as many at once as in 32. With u = x +
/// 2^(bits-1), which is not negative, an instruction makes u0 * w0 + u1 * w1 of each half of a word and
/// saturates it. A word in which a pair can leave int16 is split into two products whose weights add up. Then
/// as many products are summed in 16 bits, from a centre on that takes 2^(bits-1) back, as keep every half
/// within int16 whatever the inputs. (Xie et al. 2020, "Overflow aware quantization", train for that; here it
/// is proven of weights as they are, and no bit of the result changes.)
struct NarrowSums {
  static constexpr int kMost = 4;  // products of a sum

  std::vector<std::int32_t> word;             // by product; sums of kMost products first, those of one last
  std::vector<std::int8_t> weight;            // [products][8][4]
  std::vector<std::int16_t> centre;           // [sums][8][2]
  std::array<std::int64_t, kMost> sums = {};  // how many have 1, 2, .. products
  std::int64_t split = 0;                     // words

  std::int64_t products() const { return std::ssize(word); }
  std::int64_t sum_count() const { return sums[0] + sums[1] + sums[2] + sums[3]; }
  bool operator==(const NarrowSums&) const = default;
};

NarrowSums narrow_sums(const WordWeights& of);

/// The words of eight outputs from `first` on, of a convolution of one group: a row of the window is a run of
/// values that follow each other, unless `run` (values, a divisor of it) says otherwise. The last word of a
/// run may have fewer than four; what is missing, inputs and outputs, has weights of zero.
std::vector<std::int8_t> word_weights(const Kernel& kernel, std::int64_t first, std::int64_t run);

/// What sums of 16 bits cost a convolution of one group, and what they would have cost without the limits.
struct NarrowCost {
  std::int64_t words = 0, split = 0, products = 0, sums = 0, vectors = 0;

  void add(const NarrowSums& one, std::int64_t words_of_it);

  /// Than products of 16 bits summed in 32, which the exact form takes. Measured on a Zen 5: a product or a
  /// sum takes 0.67 cycles, an exact word 1.29, and a vector of outputs 8 cycles more than its share of a
  /// pair.
  bool is_less() const { return 67 * (products + sums) + 800 * vectors < 129 * words; }
};

/// Of eight outputs after eight, proven; of the first few alone where that shows that the whole is not worth
/// it.
struct NarrowLayer {
  NarrowCost cost;
  std::vector<NarrowSums> sums;
};
NarrowLayer narrow_layer(const Kernel& kernel, int bits, std::int64_t run);

/// Throws Error (Fault::verification) unless the sums compute what the words do and no half can leave int16
/// where that would count: in a pair, and at the end of a sum.
void prove_narrow_sums(const NarrowSums& sums, const WordWeights& of);

}  // namespace zsq::runtime
