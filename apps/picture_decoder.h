#pragma once

#include "images/decoder.h"

namespace zsq::apps {

/// OpenCV's, opened with the first picture: it takes longer to load than many a plan to run. Its functions
/// throw Error (Fault::device) where it cannot be opened.
const images::Decoder& picture_decoder();

/// What libzsq_pictures.so has under this name.
using PictureDecoder = const images::Decoder*();
inline constexpr const char* kPictureDecoder = "zsq_picture_decoder";

}  // namespace zsq::apps
