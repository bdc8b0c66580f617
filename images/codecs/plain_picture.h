#pragma once

#include <optional>
#include <string_view>

#include "images/pixels.h"

namespace zsq::images {

/// The most common pictures, decoded by libjpeg, libpng and, where they are PPM, here: the same pixels as
/// OpenCV's codecs make of them, which take 80 ms and 45 MB to open. None of everything else, damaged files
/// and those that say how they are to be turned included: OpenCV's codecs have the last word.
std::optional<Pixels> plain_picture(std::string_view bytes, std::int64_t channels);

/// Of each kind of file. Baseline and progressive JPEG of grey or YCbCr; PNG of 8 bits a sample, grey, RGB,
/// RGBA (alpha is dropped) or with a palette; binary PPM and PGM up to 255. Colour is not made grey here.
std::optional<Pixels> plain_jpeg(std::string_view bytes, std::int64_t channels);
std::optional<Pixels> plain_png(std::string_view bytes, std::int64_t channels);
std::optional<Pixels> plain_ppm(std::string_view bytes, std::int64_t channels);

/// No larger ones are decoded here, in pixels.
inline constexpr std::int64_t kMostPlainPixels = std::int64_t{1} << 26;

}  // namespace zsq::images
