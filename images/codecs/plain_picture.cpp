#include "images/codecs/plain_picture.h"

namespace zsq::images {

std::optional<Pixels> plain_picture(std::string_view bytes, std::int64_t channels) {
  if (bytes.starts_with("\xFF\xD8\xFF")) return plain_jpeg(bytes, channels);
  if (bytes.starts_with("\x89PNG\r\n\x1A\n")) return plain_png(bytes, channels);
  if (bytes.starts_with("P5") || bytes.starts_with("P6")) return plain_ppm(bytes, channels);
  return std::nullopt;
}

}  // namespace zsq::images
