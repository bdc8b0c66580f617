#include "runtime/narrow_sums.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <numeric>

namespace zsq::runtime {
namespace {

constexpr std::size_t kOpen = 8;  // sums that wait for more products
constexpr std::int32_t kLargest = 32767;
constexpr std::int32_t kHeaviest = 2 * 127;  // |weights| of a pair

/// The largest sum of positive weights, and of negative ones, that a pair may have.
std::int32_t pair_limit(int bits) { return kLargest / ((1 << bits) - 1); }

/// The largest sum of |weights| that a half may have at the end of a sum.
std::int32_t half_limit(int bits) { return kLargest >> (bits - 1); }

/// Of the second weight of a pair, what is too much for both: the first alone never is.
std::int32_t excess(std::int32_t a, std::int32_t b, std::int32_t limit) {
  if ((a > 0) != (b > 0) || std::abs(a) + std::abs(b) <= limit) return 0;
  return b > 0 ? a + b - limit : a + b + limit;
}

constexpr std::size_t kHalves = WordWeights::kSize / 2;

/// By half of the words, the sum of |weights|.
using Load = std::array<std::uint16_t, kHalves>;

struct Product {
  std::int32_t word;
  std::array<std::int8_t, WordWeights::kSize> weight;
  Load load = {};
  std::uint16_t most = 0;  // of load

  Product(std::int64_t w, const std::array<std::int8_t, WordWeights::kSize>& values)
      : word(static_cast<std::int32_t>(w)), weight(values) {
    for (std::size_t h = 0; h < kHalves; ++h)
      load[h] = static_cast<std::uint16_t>(std::abs(weight[2 * h]) + std::abs(weight[2 * h + 1]));
    most = std::ranges::max(load);
  }
};

/// At most two for each word, whose weights add up.
std::vector<Product> products_of(const WordWeights& of) {
  const std::int32_t limit = pair_limit(of.bits);
  std::vector<Product> products;
  products.reserve(static_cast<std::size_t>(2 * of.words()));
  std::array<std::int8_t, WordWeights::kSize> kept{}, rest{};
  for (std::int64_t w = 0; w < of.words(); ++w) {
    std::ranges::copy(of.word(w), kept.begin());
    bool is_split = false;
    for (std::size_t i = 0; i < kept.size(); i += 2) {
      const std::int32_t more = excess(kept[i], kept[i + 1], limit);
      rest[i + 1] = static_cast<std::int8_t>(more);
      kept[i + 1] = static_cast<std::int8_t>(kept[i + 1] - more);
      is_split |= more != 0;
    }
    products.emplace_back(w, kept);
    if (is_split) products.emplace_back(w, rest);
  }
  return products;
}

/// Indices, of the heaviest first; of equal ones, in their order.
std::vector<std::size_t> by_weight(const std::vector<Product>& products) {
  std::array<std::size_t, kHeaviest + 2> first{};  // by kHeaviest - weight
  for (const Product& p : products) ++first[static_cast<std::size_t>(kHeaviest - p.most + 1)];
  std::partial_sum(first.begin(), first.end(), first.begin());
  std::vector<std::size_t> order(products.size());
  for (std::size_t i = 0; i < products.size(); ++i)
    order[first[static_cast<std::size_t>(kHeaviest - products[i].most)]++] = i;
  return order;
}

/// A sum that is being filled.
struct Sum {
  std::array<std::size_t, NarrowSums::kMost> products = {};
  std::size_t count = 0;
  Load load = {};
};

bool fits(const Sum& sum, const Load& load, std::int32_t limit) {
  std::int16_t most = 0;  // not unsigned, whose maximum takes SSE4.1; 2^15 is above every sum of four loads
  for (std::size_t h = 0; h < kHalves; ++h)
    most = std::max(most, static_cast<std::int16_t>(sum.load[h] + load[h]));
  return most <= limit;
}

/// First fit; those of most products first.
std::vector<Sum> fill(const std::vector<Product>& products, std::int32_t limit) {
  std::vector<Sum> full, open;
  const auto close = [&](std::size_t at) {
    full.push_back(open[at]);
    open.erase(open.begin() + static_cast<std::ptrdiff_t>(at));
  };
  for (const std::size_t i : by_weight(products)) {
    const Load& load = products[i].load;
    std::size_t at = 0;
    while (at < open.size() && !fits(open[at], load, limit)) ++at;
    if (at == open.size()) {
      if (at == kOpen) close(0), --at;
      open.emplace_back();
    }
    Sum& sum = open[at];
    sum.products[sum.count++] = i;
    for (std::size_t h = 0; h < kHalves; ++h) sum.load[h] = static_cast<std::uint16_t>(sum.load[h] + load[h]);
    if (sum.count == NarrowSums::kMost) close(at);
  }
  while (!open.empty()) close(0);
  std::ranges::stable_sort(full, std::greater<>(), &Sum::count);
  return full;
}

}  // namespace

NarrowSums narrow_sums(const WordWeights& of) {
  const std::vector<Product> products = products_of(of);
  NarrowSums sums;
  sums.split = std::ssize(products) - of.words();
  sums.word.reserve(products.size());
  sums.weight.reserve(products.size() * WordWeights::kSize);
  for (const Sum& sum : fill(products, half_limit(of.bits))) {
    ++sums.sums[sum.count - 1];
    std::array<std::int32_t, kHalves> centre{};
    for (std::size_t i = 0; i < sum.count; ++i) {
      const Product& p = products[sum.products[i]];
      sums.word.push_back(p.word);
      sums.weight.insert(sums.weight.end(), p.weight.begin(), p.weight.end());
      for (std::size_t h = 0; h < kHalves; ++h)
        centre[h] -= (p.weight[2 * h] + p.weight[2 * h + 1]) * (1 << (of.bits - 1));
    }
    for (const std::int32_t c : centre) sums.centre.push_back(static_cast<std::int16_t>(c));
  }
  return sums;
}

std::vector<std::int8_t> word_weights(const Kernel& kernel, std::int64_t first, std::int64_t run) {
  const std::int64_t depth = std::ssize(kernel.weight) / kernel.outputs, words = (run + 3) / 4;
  std::vector<std::int8_t> weight(static_cast<std::size_t>(depth / run * words * WordWeights::kSize));
  const std::int64_t lanes = std::min(WordWeights::kLanes, kernel.outputs - first);
  for (std::int64_t lane = 0; lane < lanes; ++lane) {
    const std::int8_t* from = kernel.weight.data() + (first + lane) * depth;
    std::int8_t* to = weight.data() + 4 * lane;
    for (std::int64_t k = 0; k < depth; k += run)
      for (std::int64_t left = run; left > 0; left -= 4, to += WordWeights::kSize) {
        const auto count = static_cast<std::size_t>(std::min<std::int64_t>(left, 4));
        std::memcpy(to, from, count);
        from += count;
      }
  }
  return weight;
}

void NarrowCost::add(const NarrowSums& one, std::int64_t words_of_it) {
  words += words_of_it;
  split += one.split;
  products += one.products();
  sums += one.sum_count();
  ++vectors;
}

NarrowLayer narrow_layer(const Kernel& kernel, int bits, std::int64_t run) {
  constexpr std::int64_t kTried = 4;  // vectors
  NarrowLayer all;
  for (std::int64_t first = 0; first < kernel.outputs; first += WordWeights::kLanes) {
    const auto weight = word_weights(kernel, first, run);
    const WordWeights words{weight, bits};
    prove_narrow_sums(all.sums.emplace_back(narrow_sums(words)), words);
    all.cost.add(all.sums.back(), words.words());
    if (all.cost.vectors == kTried && !all.cost.is_less()) break;
  }
  return all;
}

}  // namespace zsq::runtime
