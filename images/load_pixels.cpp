#include "images/load_pixels.h"

#include <fstream>

#include <fcntl.h>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <torch/types.h>
#include <unistd.h>

#include "graph/check.h"
#include "graph/file.h"
#include "images/jpeg.h"

namespace zsq::images {
namespace {

constexpr std::int64_t kMaxPixels = std::int64_t{1} << 28;  // of a picture that has been resized

std::string place(const Picture& image) {
  return image.file.string() + (image.record < 0 ? "" : ": record " + std::to_string(image.record));
}

/// Sends stderr nowhere: OpenCV and the decoders below it print what they think of a damaged picture.
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

/// One CIFAR-10 record as [h, w, c] RGB.
torch::Tensor read_record(const Picture& image) {
  constexpr std::int64_t kPixels = 3 * 32 * 32;
  std::ifstream in(image.file, std::ios::binary);
  in.seekg(image.record * (kPixels + 1) + 1);
  torch::Tensor planes = torch::empty({3, 32, 32}, torch::kUInt8);
  in.read(static_cast<char*>(planes.data_ptr()), kPixels);
  check(in.good(), Fault::data, place(image), ": cannot be read");
  return planes.permute({1, 2, 0}).contiguous();
}

/// A picture as [h, w, 3] RGB, or [h, w, 1] where the network takes one channel.
torch::Tensor read_picture(const Picture& image, std::int64_t channels) {
  check(channels == 1 || channels == 3, Fault::data, place(image),
        ": a picture has 1 or 3 channels, the network takes ", channels,
        " channels; give its images as a safetensors file");
  const FileBytes file(image.file, Fault::data);
  const std::string_view bytes = file.view();
  check(is_whole_jpeg(bytes), Fault::data, place(image),
        ": is cut short: a JPEG file without its end; fetch it again");
  const auto mode = channels == 1 ? cv::IMREAD_GRAYSCALE : cv::IMREAD_COLOR;  // both turn it as its EXIF says
  cv::Mat picture;
  try {
    const SilentStderr silent;
    const cv::_InputArray coded(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                static_cast<int>(std::min<std::size_t>(bytes.size(), kMaxPixels)));
    if (!bytes.empty()) picture = cv::imdecode(coded, mode);
  } catch (const cv::Exception&) {
    picture.release();  // OpenCV throws for some damaged files and returns an empty picture for others
  }
  check(!picture.empty(), Fault::data, place(image), ": cannot be decoded as a picture");
  if (channels == 3) cv::cvtColor(picture, picture, cv::COLOR_BGR2RGB);
  return torch::from_blob(picture.data, {picture.rows, picture.cols, channels}, torch::kUInt8).clone();
}

/// LibTorch's antialiased filter on uint8 is Pillow's; OpenCV has none. Without antialiasing it is OpenCV's
/// two taps.
torch::Tensor resized(const torch::Tensor& picture, const Preprocessing::Resize& resize,
                      const std::string& who) {
  std::int64_t h = resize.height, w = resize.width;
  if (resize.shorter_side > 0) {
    const std::int64_t shorter = std::min(picture.size(0), picture.size(1));
    h = picture.size(0) * resize.shorter_side / shorter;
    w = picture.size(1) * resize.shorter_side / shorter;
  }
  check(h > 0 && w > 0 && h <= kMaxPixels / w, Fault::data, who, ": is ", picture.size(0), 'x',
        picture.size(1), ", which would become ", h, 'x', w, "; leave it out, or give another --resize");
  if (h == picture.size(0) && w == picture.size(1)) return picture;
  if (resize.filter == Preprocessing::Filter::bilinear) {
    cv::Mat out;
    cv::resize(cv::Mat(static_cast<int>(picture.size(0)), static_cast<int>(picture.size(1)),
                       CV_8UC(static_cast<int>(picture.size(2))), picture.data_ptr()),
               out, {static_cast<int>(w), static_cast<int>(h)}, 0, 0, cv::INTER_LINEAR);
    return torch::from_blob(out.data, {h, w, picture.size(2)}, torch::kUInt8).clone();
  }
  const auto planes = picture.permute({2, 0, 1}).unsqueeze(0);
  return at::_upsample_bilinear2d_aa(planes, {h, w}, /*align_corners=*/false).squeeze(0).permute({1, 2, 0});
}

torch::Tensor cropped(const torch::Tensor& picture, const Preprocessing::Crop& crop, const std::string& who) {
  check(crop.height <= picture.size(0) && crop.width <= picture.size(1), Fault::data, who, ": is ",
        picture.size(0), 'x', picture.size(1), ", from which no ", crop.height, 'x', crop.width,
        " can be cropped");
  const std::int64_t row = crop.row.value_or(static_cast<int>((picture.size(0) - crop.height) / 2));
  const std::int64_t column = crop.column.value_or(static_cast<int>((picture.size(1) - crop.width) / 2));
  check(row + crop.height <= picture.size(0) && column + crop.width <= picture.size(1), Fault::data, who,
        ": is ", picture.size(0), 'x', picture.size(1), ", the crop at row ", row, ", column ", column,
        " leaves it");
  return picture.slice(0, row, row + crop.height).slice(1, column, column + crop.width);
}

torch::Tensor load(const Picture& image, const Preprocessing& preprocessing, const Shape& input) {
  torch::Tensor picture = image.record >= 0 ? read_record(image) : read_picture(image, input.c);
  if (preprocessing.resize) picture = resized(picture, *preprocessing.resize, place(image));
  if (preprocessing.crop) picture = cropped(picture, *preprocessing.crop, place(image));
  check(picture.size(0) == input.h && picture.size(1) == input.w && picture.size(2) == input.c, Fault::data,
        place(image), ": is ", picture.size(0), 'x', picture.size(1), " with ", picture.size(2),
        " channels, the network takes ", input.h, 'x', input.w, " with ", input.c,
        "; a resize or crop can be given in the side-car file or with --resize and --crop");
  return preprocessing.channels == Preprocessing::Channels::bgr ? picture.flip({2}) : picture;
}

}  // namespace

torch::Tensor load_pixels(std::span<const Picture> images, const Preprocessing& preprocessing,
                          const Shape& input) {
  torch::Tensor pixels =
      torch::empty({static_cast<std::int64_t>(images.size()), input.h, input.w, input.c}, torch::kUInt8);
  for (std::size_t i = 0; i < images.size(); ++i)
    pixels[static_cast<std::int64_t>(i)].copy_(load(images[i], preprocessing, input));
  return pixels;
}

}  // namespace zsq::images
