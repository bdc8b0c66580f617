#include <algorithm>
#include <csetjmp>
#include <vector>

#include <png.h>

#include "images/codecs/plain_picture.h"

namespace zsq::images {
namespace {

/// libpng's state, which goes away with the object, and the bytes that are still to be read.
struct Reader {
  explicit Reader(std::string_view bytes) : rest(bytes) {
    png = png_create_read_struct(
        PNG_LIBPNG_VER_STRING, nullptr, [](png_structp p, png_const_charp) { png_longjmp(p, 1); },
        [](png_structp, png_const_charp) {});
    if (png != nullptr) info = png_create_info_struct(png);
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader() { png_destroy_read_struct(&png, &info, nullptr); }

  png_structp png = nullptr;
  png_infop info = nullptr;
  std::string_view rest;
};

void read_bytes(png_structp png, png_bytep to, png_size_t count) {
  auto& rest = static_cast<Reader*>(png_get_io_ptr(png))->rest;
  if (rest.size() < count) png_error(png, "cut short");
  std::copy_n(rest.begin(), count, to);
  rest.remove_prefix(count);
}

/// False where it is not plain. No object that needs a destructor lives here: errors jump out of it.
bool read_head(Reader& reader, std::int64_t channels) {
  png_structp png = reader.png;
  png_infop info = reader.info;
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  png_set_read_fn(png, &reader, read_bytes);
  png_read_info(png, info);
  const int type = png_get_color_type(png, info);
  const bool grey = type == PNG_COLOR_TYPE_GRAY;
  if (png_get_bit_depth(png, info) != 8 || png_get_interlace_type(png, info) != PNG_INTERLACE_NONE ||
      png_get_valid(png, info, PNG_INFO_tRNS) != 0 || type == PNG_COLOR_TYPE_GRAY_ALPHA ||
      (!grey && channels == 1) ||
      png_get_image_height(png, info) > kMostPlainPixels / png_get_image_width(png, info))
    return false;
  if (type == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png);
  if (type == PNG_COLOR_TYPE_RGB_ALPHA) png_set_strip_alpha(png);
  if (grey && channels == 3) png_set_gray_to_rgb(png);
  png_read_update_info(png, info);
  return static_cast<std::int64_t>(png_get_rowbytes(png, info)) ==
         static_cast<std::int64_t>(png_get_image_width(png, info)) * channels;
}

bool read_rows(Reader& reader, Pixels& picture) {
  png_structp png = reader.png;
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  for (std::int64_t y = 0; y < picture.h; ++y)
    png_read_row(png, picture.values.data() + y * picture.w * picture.c, nullptr);
  png_read_end(png, nullptr);
  return true;
}

}  // namespace

std::optional<Pixels> plain_png(std::string_view bytes, std::int64_t channels) {
  if (bytes.find("eXIf") != std::string_view::npos) return std::nullopt;
  Reader reader(bytes);
  if (reader.info == nullptr || !read_head(reader, channels)) return std::nullopt;
  Pixels picture = pixels_of(1, png_get_image_height(reader.png, reader.info),
                             png_get_image_width(reader.png, reader.info), channels);
  if (!read_rows(reader, picture)) return std::nullopt;
  return picture;
}

}  // namespace zsq::images
