#pragma once

#include "images/pixels.h"

namespace zsq::images {

/// One picture, bilinear, two taps a side however much it shrinks; OpenCV's rounding.
Pixels opencv_resized(const Pixels& picture, std::int64_t h, std::int64_t w);

}  // namespace zsq::images
