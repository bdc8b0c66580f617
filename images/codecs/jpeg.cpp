#include <csetjmp>
#include <cstdio>

#include <jpeglib.h>

#include "images/codecs/plain_picture.h"

namespace zsq::images {
namespace {

/// libjpeg's state, which goes away with the object. Errors jump to `back`; nothing is printed.
struct Reader {
  Reader() {
    cinfo.err = jpeg_std_error(&errors);
    errors.error_exit = [](j_common_ptr c) { std::longjmp(static_cast<Reader*>(c->client_data)->back, 1); };
    errors.output_message = [](j_common_ptr) {};
    cinfo.client_data = this;
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader() { jpeg_destroy_decompress(&cinfo); }

  jpeg_decompress_struct cinfo{};
  jpeg_error_mgr errors{};
  std::jmp_buf back{};
};

/// Whether it says how it is to be turned, as far as can be seen without reading it.
bool has_exif(const jpeg_decompress_struct& cinfo) {
  for (auto* marker = cinfo.marker_list; marker != nullptr; marker = marker->next)
    if (marker->data_length >= 4 &&
        std::string_view(reinterpret_cast<const char*>(marker->data), 4) == "Exif")
      return true;
  return false;
}

/// False where it is not plain. No object that needs a destructor lives here: errors jump out of it.
bool read_head(Reader& reader, std::string_view bytes, std::int64_t channels) {
  jpeg_decompress_struct& cinfo = reader.cinfo;
  if (setjmp(reader.back) != 0) return false;
  jpeg_create_decompress(&cinfo);
  jpeg_mem_src(&cinfo, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  jpeg_save_markers(&cinfo, JPEG_APP0 + 1, 0xFFFF);
  jpeg_read_header(&cinfo, TRUE);
  const bool grey = cinfo.jpeg_color_space == JCS_GRAYSCALE;
  if (!grey && (cinfo.jpeg_color_space != JCS_YCbCr || channels == 1)) return false;
  cinfo.out_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_calc_output_dimensions(&cinfo);
  return !has_exif(cinfo) && cinfo.output_height <= kMostPlainPixels / cinfo.output_width;
}

bool read_rows(Reader& reader, Pixels& picture) {
  jpeg_decompress_struct& cinfo = reader.cinfo;
  if (setjmp(reader.back) != 0) return false;
  jpeg_start_decompress(&cinfo);
  while (cinfo.output_scanline < cinfo.output_height) {
    JSAMPROW row = picture.values.data() + cinfo.output_scanline * picture.w * picture.c;
    jpeg_read_scanlines(&cinfo, &row, 1);
  }
  jpeg_finish_decompress(&cinfo);
  return reader.errors.num_warnings == 0;
}

}  // namespace

std::optional<Pixels> plain_jpeg(std::string_view bytes, std::int64_t channels) {
  Reader reader;
  if (!read_head(reader, bytes, channels)) return std::nullopt;
  Pixels picture = pixels_of(1, reader.cinfo.output_height, reader.cinfo.output_width, channels);
  if (!read_rows(reader, picture)) return std::nullopt;
  return picture;
}

}  // namespace zsq::images
