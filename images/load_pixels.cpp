#include "images/load_pixels.h"

#include <algorithm>
#include <fstream>

#include "graph/check.h"
#include "graph/file.h"
#include "images/jpeg.h"
#include "images/resize.h"

namespace zsq::images {
namespace {

constexpr std::int64_t kMaxPixels = std::int64_t{1} << 28;  // of a picture that has been resized

std::string place(const Picture& image) {
  return image.file.string() + (image.record < 0 ? "" : ": record " + std::to_string(image.record));
}

/// One CIFAR-10 record, which holds its three colours one after another.
Pixels read_record(const Picture& image) {
  constexpr std::int64_t kPlane = 32 * 32;
  std::ifstream in(image.file, std::ios::binary);
  in.seekg(image.record * (3 * kPlane + 1) + 1);
  std::vector<char> planes(3 * kPlane);
  in.read(planes.data(), std::ssize(planes));
  check(in.good(), Fault::data, place(image), ": cannot be read");
  Pixels picture = pixels_of(1, 32, 32, 3);
  for (std::size_t i = 0; i < planes.size(); ++i)
    picture.values[i % kPlane * 3 + i / kPlane] = static_cast<std::uint8_t>(planes[i]);
  return picture;
}

Pixels read_picture(const Picture& image, std::int64_t channels, const Decoder& decoder) {
  check(channels == 1 || channels == 3, Fault::data, place(image),
        ": a picture has 1 or 3 channels, the network takes ", channels,
        " channels; give its images as a safetensors file");
  const FileBytes file(image.file, Fault::data);
  check(is_whole_jpeg(file.view()), Fault::data, place(image),
        ": is cut short: a JPEG file without its end; fetch it again");
  auto picture = decoder.decoded(file.view(), channels);
  check(picture.has_value(), Fault::data, place(image), ": cannot be decoded as a picture");
  return *std::move(picture);
}

Pixels resized(const Pixels& picture, const Preprocessing::Resize& resize, const std::string& who,
               const Decoder& decoder) {
  std::int64_t h = resize.height, w = resize.width;
  if (resize.shorter_side > 0) {
    const std::int64_t shorter = std::min(picture.h, picture.w);
    h = picture.h * resize.shorter_side / shorter;
    w = picture.w * resize.shorter_side / shorter;
  }
  check(h > 0 && w > 0 && h <= kMaxPixels / w, Fault::data, who, ": is ", picture.h, 'x', picture.w,
        ", which would become ", h, 'x', w, "; leave it out, or give another --resize");
  if (h == picture.h && w == picture.w) return picture;
  switch (resize.filter) {
    case Preprocessing::Filter::bilinear: return decoder.resized(picture, h, w);
    case Preprocessing::Filter::bilinear_antialiased: return resized_antialiased(picture, h, w);
  }
  return picture;
}

Pixels cropped(const Pixels& picture, const Preprocessing::Crop& crop, const std::string& who) {
  check(crop.height <= picture.h && crop.width <= picture.w, Fault::data, who, ": is ", picture.h, 'x',
        picture.w, ", from which no ", crop.height, 'x', crop.width, " can be cropped");
  const std::int64_t row = crop.row.value_or(static_cast<int>((picture.h - crop.height) / 2));
  const std::int64_t column = crop.column.value_or(static_cast<int>((picture.w - crop.width) / 2));
  check(row + crop.height <= picture.h && column + crop.width <= picture.w, Fault::data, who, ": is ",
        picture.h, 'x', picture.w, ", the crop at row ", row, ", column ", column, " leaves it");
  Pixels out = pixels_of(1, crop.height, crop.width, picture.c);
  const std::int64_t line = out.w * out.c;
  for (std::int64_t y = 0; y < out.h; ++y)
    std::copy_n(picture.values.begin() + ((row + y) * picture.w + column) * picture.c, line,
                out.values.begin() + y * line);
  return out;
}

Pixels load(const Picture& image, const Preprocessing& preprocessing, const Shape& input,
            const Decoder& decoder) {
  Pixels picture = image.record >= 0 ? read_record(image) : read_picture(image, input.c, decoder);
  if (preprocessing.resize) picture = resized(picture, *preprocessing.resize, place(image), decoder);
  if (preprocessing.crop) picture = cropped(picture, *preprocessing.crop, place(image));
  check(picture.h == input.h && picture.w == input.w && picture.c == input.c, Fault::data, place(image),
        ": is ", picture.h, 'x', picture.w, " with ", picture.c, " channels, the network takes ", input.h,
        'x', input.w, " with ", input.c,
        "; a resize or crop can be given in the side-car file or with --resize and --crop");
  if (preprocessing.channels == Preprocessing::Channels::bgr)
    for (auto at = picture.values.begin(); at != picture.values.end(); at += picture.c)
      std::reverse(at, at + picture.c);
  return picture;
}

}  // namespace

Pixels load_pixels(std::span<const Picture> images, const Preprocessing& preprocessing, const Shape& input,
                   const Decoder& decoder) {
  Pixels pixels{std::ssize(images), input.h, input.w, input.c};
  for (const Picture& image : images) {
    const Pixels one = load(image, preprocessing, input, decoder);
    pixels.values.insert(pixels.values.end(), one.values.begin(), one.values.end());
  }
  return pixels;
}

}  // namespace zsq::images
