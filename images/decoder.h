#pragma once

#include <optional>
#include <string_view>

#include "images/pixels.h"

namespace zsq::images {

/// What another library knows about pictures. An interface, so that who reads pictures need not be linked to
/// that library: a program can open it when the first picture comes.
class Decoder {
 public:
  virtual ~Decoder() = default;

  /// The picture that the bytes of a file are, turned as its EXIF orientation says: RGB, or grey where
  /// `channels` is 1. None where they are no picture.
  virtual std::optional<Pixels> decoded(std::string_view bytes, std::int64_t channels) const = 0;

  /// One picture, bilinear, two taps a side however much it shrinks.
  virtual Pixels resized(const Pixels& picture, std::int64_t h, std::int64_t w) const = 0;
};

}  // namespace zsq::images
