#pragma once

#include <optional>

#include "runtime/cpu/portable/kernels.h"
#include "runtime/plan.h"

namespace zsq::runtime::cpu {

/// Where the channels of a kernel lie once each group is padded to whole blocks of kLanes.
struct Blocks {
  std::int64_t groups, per_group;  // output channels of a group

  std::int64_t in_group() const { return (per_group + kLanes - 1) / kLanes; }
  std::int64_t count() const { return groups * in_group(); }
  std::int64_t lanes(std::int64_t block_in_group) const {
    return std::min(kLanes, per_group - block_in_group * kLanes);
  }
  /// The channel of a lane; nothing where the lane is padding.
  std::optional<std::size_t> channel(std::int64_t block, std::int64_t lane) const {
    const std::int64_t in_its_group = block % in_group() * kLanes + lane;
    if (in_its_group >= per_group) return std::nullopt;
    return static_cast<std::size_t>(block / in_group() * per_group + in_its_group);
  }
};

inline Blocks grouped_blocks(const Kernel& k) { return {k.groups, k.outputs / k.groups}; }

/// Bytes of all that is packed for a convolution: its weights, and seven constants a lane.
std::int64_t packed_bytes(const Blocks& blocks, const Kernel& kernel);

/// One constant for each lane of each block; zero where no channel is.
std::vector<std::int32_t> spread(const Blocks& blocks, const auto& constant_of) {
  std::vector<std::int32_t> spread;
  for (std::int64_t b = 0; b < blocks.count(); ++b)
    for (std::int64_t lane = 0; lane < kLanes; ++lane) {
      const auto channel = blocks.channel(b, lane);
      spread.push_back(channel ? constant_of(*channel) : 0);
    }
  return spread;
}

/// Weights as [block][depth][kLanes]; of 32 bits, for loops to read them without conversion.
std::vector<std::int32_t> pack_weights(const Blocks& blocks, const Kernel& kernel);

/// What the epilogue of a convolution needs, by lane of block.
class ChannelConstants {
 public:
  ChannelConstants(const Blocks& blocks, const Plan& plan, const Conv2d& step);

  /// For the channels from that block on.
  Epilogue epilogue(std::int64_t block) const;

 private:
  std::vector<std::int32_t> bias_, multiplier_, first_shift_, second_shift_, residual_multiplier_,
      residual_shift_;
  std::int32_t residual_zero_point_ = 0, zero_point_;
  Clamp clamp_;
};

}  // namespace zsq::runtime::cpu
