#include "images/opencv/opencv_decoder.h"

#include <algorithm>

#include <fcntl.h>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <unistd.h>

#include "images/opencv/opencv_resize.h"

namespace zsq::images {
namespace {

/// Sends stderr nowhere.
class SilentStderr {
 public:
  SilentStderr() : kept_(fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)) {
    const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere < 0) return;
    if (kept_ >= 0) dup2(nowhere, STDERR_FILENO);
    close(nowhere);
  }
  SilentStderr(const SilentStderr&) = delete;
  SilentStderr& operator=(const SilentStderr&) = delete;
  ~SilentStderr() {
    if (kept_ < 0) return;
    dup2(kept_, STDERR_FILENO);
    close(kept_);
  }

 private:
  int kept_;
};

Pixels pixels_from(const cv::Mat& picture) {
  Pixels out = pixels_of(1, picture.rows, picture.cols, picture.channels());
  const std::int64_t line = out.w * out.c;
  for (int y = 0; y < picture.rows; ++y)
    std::copy_n(picture.ptr<std::uint8_t>(y), line, out.values.begin() + y * line);
  return out;
}

class OpencvDecoder : public Decoder {
 public:
  std::optional<Pixels> decoded(std::string_view bytes, std::int64_t channels) const override {
    constexpr std::size_t kMostBytes = std::size_t{1} << 28;
    const auto mode = channels == 1 ? cv::IMREAD_GRAYSCALE : cv::IMREAD_COLOR;  // both turn it by its EXIF
    cv::Mat picture;
    try {
      const SilentStderr silent;
      const cv::_InputArray coded(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                  static_cast<int>(std::min(bytes.size(), kMostBytes)));
      if (!bytes.empty()) picture = cv::imdecode(coded, mode);
      if (picture.empty()) return std::nullopt;
      if (channels != 1) cv::cvtColor(picture, picture, cv::COLOR_BGR2RGB);
    } catch (const cv::Exception&) {
      return std::nullopt;  // OpenCV throws for some damaged files and returns an empty picture for others
    }
    return pixels_from(picture);
  }

  Pixels resized(const Pixels& picture, std::int64_t h, std::int64_t w) const override {
    return opencv_resized(picture, h, w);
  }
};

}  // namespace

const Decoder& opencv_decoder() {
  static const OpencvDecoder decoder;
  return decoder;
}

}  // namespace zsq::images
