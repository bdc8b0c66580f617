#pragma once

#include <vector>

#include "runtime/cpu/tiles/aligned.h"
#include "runtime/cpu/tiles/kernels.h"
#include "runtime/plan.h"

namespace zsq::runtime::cpu {

/// How the constants of channels lie for a set of loops.
struct Spread {
  std::vector<std::int64_t> channel;  // of each lane; -1 where there is none
  std::int32_t added = 0;             // what the loops add to each activation
  int factor_bits = 0;                // their sums are 2^factor_bits times what they are
};

/// Channels [begin, end) in their order, in whole vectors.
std::vector<std::int64_t> in_vectors(std::int64_t begin, std::int64_t end, std::int64_t lanes);

/// The same in blocks of four vectors, in the order of quad_channel().
std::vector<std::int64_t> in_quads(std::int64_t begin, std::int64_t end, std::int64_t lanes);

/// The constants of a convolution's channels.
class Endings {
 public:
  Endings() = default;
  Endings(const Plan& plan, const Conv2d& step, const Spread& spread);
  Endings(const WideConv2d& step, const Spread& spread);

  /// For the channels from that one on.
  Ending from(std::int64_t channel) const;

  static constexpr std::int64_t kConstants = 6;  // of a channel, of 32 bits each

 private:
  Packed<std::int32_t> start_, first_shift_, multiplier_, half_, second_shift_, residual_factor_;
  std::int32_t zero_point_ = 0;
  Clamp clamp_;
};

}  // namespace zsq::runtime::cpu
