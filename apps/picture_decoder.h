#pragma once

#include "images/decoder.h"

namespace zsq::apps {

/// Parts of the program that are opened with the first picture that needs them: libjpeg and libpng for the
/// most common ones, which open at once; OpenCV's resize; OpenCV's codecs for what is left, which take longer
/// to open than many a plan to run. Its functions throw Error (Fault::device) where OpenCV is needed and
/// cannot be opened.
const images::Decoder& picture_decoder();

/// What libzsq_plain_pictures.so has under this name.
using PlainPicture = void(std::string_view bytes, std::int64_t channels,
                          std::optional<images::Pixels>& picture);
inline constexpr const char* kPlainPicture = "zsq_plain_picture";

/// What libzsq_resize.so has under this name.
using Resized = void(const images::Pixels& picture, std::int64_t h, std::int64_t w, images::Pixels& resized);
inline constexpr const char* kResized = "zsq_resized";

/// What libzsq_pictures.so has under this name.
using PictureDecoder = const images::Decoder*();
inline constexpr const char* kPictureDecoder = "zsq_picture_decoder";

}  // namespace zsq::apps
