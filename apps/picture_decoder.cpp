#include "apps/picture_decoder.h"

#include <optional>

#include "apps/shared_library.h"
#include "graph/check.h"

namespace zsq::apps {
namespace {

constexpr const char* kPurpose =
    "pictures are decoded by OpenCV, which cannot be opened; install libopencv-imgcodecs and "
    "libopencv-imgproc";

/// None where the part is not installed: it makes things faster, and OpenCV does the same.
PlainPicture* plain_picture() {
  static PlainPicture* const found = []() -> PlainPicture* {
    static std::optional<SharedLibrary> library;
    try {
      library.emplace("libzsq_plain_pictures.so", "common pictures are decoded by libjpeg and libpng");
      return library->function<PlainPicture>(kPlainPicture);
    } catch (const Error&) {
      return nullptr;
    }
  }();
  return found;
}

class LateDecoder : public images::Decoder {
 public:
  std::optional<images::Pixels> decoded(std::string_view bytes, std::int64_t channels) const override {
    std::optional<images::Pixels> picture;
    if (plain_picture() != nullptr) plain_picture()(bytes, channels, picture);
    return picture ? std::move(picture) : opencv().decoded(bytes, channels);
  }
  images::Pixels resized(const images::Pixels& picture, std::int64_t h, std::int64_t w) const override {
    static const SharedLibrary library("libzsq_resize.so", kPurpose);
    images::Pixels resized;
    library.function<Resized>(kResized)(picture, h, w, resized);
    return resized;
  }

 private:
  static const images::Decoder& opencv() {
    static const SharedLibrary library("libzsq_pictures.so", kPurpose);
    static const images::Decoder& decoder = *library.function<PictureDecoder>(kPictureDecoder)();
    return decoder;
  }
};

}  // namespace

const images::Decoder& picture_decoder() {
  static const LateDecoder decoder;
  return decoder;
}

}  // namespace zsq::apps
