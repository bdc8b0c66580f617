#pragma once

#include <cstdint>
#include <string_view>

namespace zsq::evaluate {

/// McNemar's exact test of two networks on the same images.
struct PairedTest {
  std::int64_t lost = 0, gained = 0;  // right in the first alone, in the second alone
  double p = 1;                       // of at least so uneven a split, if both were right equally often
};

/// Two-sided, by the binomial distribution of `lost` among lost + gained.
PairedTest paired_test(std::int64_t lost, std::int64_t gained);

/// Of one character an image, '1' where the network was right; both of the same length.
PairedTest paired_test(std::string_view first, std::string_view second);

}  // namespace zsq::evaluate
