#pragma once

#include "images/pixels.h"

namespace zsq::images {

/// One picture at another size, by the bilinear filter that widens as it shrinks (Pillow's), in integers:
/// first along rows, then along columns, each rounded to whole pixels. Byte for byte what LibTorch makes.
Pixels resized_antialiased(const Pixels& picture, std::int64_t h, std::int64_t w);

}  // namespace zsq::images
