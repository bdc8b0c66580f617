#include "apps/picture_decoder.h"

#include "apps/shared_library.h"

namespace zsq::apps {
namespace {

class LateDecoder : public images::Decoder {
 public:
  std::optional<images::Pixels> decoded(std::string_view bytes, std::int64_t channels) const override {
    return opened().decoded(bytes, channels);
  }
  images::Pixels resized(const images::Pixels& picture, std::int64_t h, std::int64_t w) const override {
    return opened().resized(picture, h, w);
  }

 private:
  static const images::Decoder& opened() {
    static const SharedLibrary library("libzsq_pictures.so",
                                       "pictures are decoded by OpenCV, which cannot be opened; install "
                                       "libopencv-imgcodecs and libopencv-imgproc");
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
