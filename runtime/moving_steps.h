#pragma once

#include <cstdint>
#include <vector>

#include "graph/op.h"
#include "runtime/slot.h"

/// The steps that move values and compute none. They read and write narrow or wide slots: inputs and output
/// share scale, bits and zero point.
namespace zsq::runtime {

/// Padding never wins.
struct MaxPool {
  SlotId in{}, out{};
  Window window;
  bool operator==(const MaxPool&) const = default;
};

/// Along the channels.
struct Concat {
  std::vector<SlotId> in;
  SlotId out{};
  bool operator==(const Concat&) const = default;
};

struct Slice {
  SlotId in{}, out{};
  zsq::Slice ranges;
  bool operator==(const Slice&) const = default;
};

struct Pad {
  SlotId in{}, out{};
  zsq::Pad amounts;  // its float value is not read
  std::int32_t value = 0;
  bool operator==(const Pad&) const = default;
};

/// Output channel i * groups + g is input channel g * (c / groups) + i.
struct ChannelShuffle {
  SlotId in{}, out{};
  int groups = 1;
  bool operator==(const ChannelShuffle&) const = default;
};

/// Channels become places: input channel (c * factor.h + a) * factor.w + b at (y, x) is output channel c at
/// (y * factor.h + a, x * factor.w + b).
struct PixelShuffle {
  SlotId in{}, out{};
  Size2 factor;  // >= 1; its product divides the input's channels
  bool operator==(const PixelShuffle&) const = default;
};

/// Places become channels, PixelShuffle backwards: input channel c at (y * factor.h + a, x * factor.w + b) is
/// output channel (c * factor.h + a) * factor.w + b at (y, x).
struct PixelUnshuffle {
  SlotId in{}, out{};
  Size2 factor;  // >= 1; they divide the input's height and width
  bool operator==(const PixelUnshuffle&) const = default;
};

/// Each value becomes factor.h x factor.w places.
struct UpsampleNearest {
  SlotId in{}, out{};
  Size2 factor;  // >= 1
  bool operator==(const UpsampleNearest&) const = default;
};

}  // namespace zsq::runtime
