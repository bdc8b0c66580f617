#include "synth/contact_sheet.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <torch/types.h>

#include "graph/check.h"
#include "graph/file.h"
#include "images/torch/pixel_codec.h"

namespace zsq::synth {
namespace {

constexpr int kGap = 4;
constexpr int kMost = 64;
constexpr int kSide = 128;

/// Where the tiles stand.
struct Sheet {
  int columns, rows, height, width;  // of a tile, magnified

  Sheet(int count, int h, int w)
      : columns(static_cast<int>(std::ceil(std::sqrt(count)))), rows((count + columns - 1) / columns) {
    const int factor = std::max(1, kSide / std::max(h, w));
    height = factor * h;
    width = factor * w;
  }

  cv::Size size() const { return {columns * (width + kGap) + kGap, rows * (height + kGap) + kGap}; }
  cv::Rect tile(int i) const {
    return {kGap + i % columns * (width + kGap), kGap + i / columns * (height + kGap), width, height};
  }
};

/// One image as OpenCV wants it: [h, w, 3] uint8, blue first.
cv::Mat bgr(const torch::Tensor& pixels, Preprocessing::Channels channels) {
  const auto h = static_cast<int>(pixels.size(0));
  const auto w = static_cast<int>(pixels.size(1));
  const bool grey = pixels.size(2) == 1;
  const cv::Mat view(h, w, grey ? CV_8UC1 : CV_8UC3, pixels.mutable_data_ptr());
  cv::Mat out = view;
  if (grey) {
    cv::cvtColor(view, out, cv::COLOR_GRAY2BGR);
  } else if (channels == Preprocessing::Channels::rgb) {
    cv::cvtColor(view, out, cv::COLOR_RGB2BGR);
  }
  return out;
}

}  // namespace

std::string contact_sheet(const torch::Tensor& images, const Preprocessing& preprocessing) {
  check(images.dim() == 4 && images.size(0) > 0 && (images.size(1) == 1 || images.size(1) == 3), Fault::data,
        "images of ", images.sizes(), " cannot be shown, one or three channels are needed");
  const auto count = static_cast<int>(std::min<std::int64_t>(kMost, images.size(0)));
  const torch::Tensor pixels = images::to_pixels(images.narrow(0, 0, count), preprocessing);
  const Sheet sheet(count, static_cast<int>(pixels.size(1)), static_cast<int>(pixels.size(2)));
  cv::Mat canvas(sheet.size(), CV_8UC3, cv::Scalar::all(32));
  for (int i = 0; i < count; ++i) {
    cv::Mat place = canvas(sheet.tile(i));
    cv::resize(bgr(pixels[i], preprocessing.channels), place, place.size(), 0, 0, cv::INTER_NEAREST);
  }
  std::vector<unsigned char> png;
  check(cv::imencode(".png", canvas, png), Fault::data, "the contact sheet cannot be encoded as PNG");
  return {reinterpret_cast<const char*>(png.data()), png.size()};
}

void write_contact_sheet(const std::filesystem::path& path, const torch::Tensor& images,
                         const Preprocessing& preprocessing) {
  write_file_atomically(path, contact_sheet(images, preprocessing));
}

}  // namespace zsq::synth
