#pragma once

#include <span>

#include "graph/array.h"
#include "graph/preprocessing.h"
#include "images/decoder.h"
#include "images/image_set.h"
#include "images/pixels.h"

namespace zsq::images {

/// The pixels that a network takes, in its channel order: decoded, turned as their EXIF orientation says,
/// resized and cropped as `preprocessing` says. `input` is the network's, of one image: of 1 channel, then
/// pictures are read as grey, or of 3. Throws Error (Fault::data) for another number of channels, for a file
/// that is no picture, and for one whose size after resize and crop is not the network's.
Pixels load_pixels(std::span<const Picture> images, const Preprocessing& preprocessing, const Shape& input,
                   const Decoder& decoder);

}  // namespace zsq::images
