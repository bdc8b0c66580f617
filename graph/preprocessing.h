#pragma once

#include <optional>
#include <string>
#include <vector>

namespace zsq {

/// How pixels become a network's input: decode, resize, crop, then (pixel / 255 - mean) / deviation.
/// Part of a model's description; a side-car NAME.json beside the model says it, and a plan carries it.
struct Preprocessing {
  enum class Channels { rgb, bgr };
  enum class Filter { bilinear, bilinear_antialiased };  // the second, Pillow's, widens when it shrinks

  struct Resize {
    int height = 0, width = 0;  // both set: to exactly that size
    int shorter_side = 0;       // or this: the aspect ratio is kept
    Filter filter = Filter::bilinear_antialiased;
    bool operator==(const Resize&) const = default;
  };
  struct Crop {
    int height = 0, width = 0;
    std::optional<int> row, column;  // absent: centred
    bool operator==(const Crop&) const = default;
  };

  Channels channels = Channels::rgb;
  std::vector<double> mean, deviation;  // one per channel, for pixels in 0..1
  std::optional<Resize> resize;
  std::optional<Crop> crop;

  bool operator==(const Preprocessing&) const = default;
};

}  // namespace zsq
