#pragma once

#include "images/decoder.h"

namespace zsq::images {

/// OpenCV's. What it, and the decoders below it, print about a damaged picture goes nowhere.
const Decoder& opencv_decoder();

}  // namespace zsq::images
