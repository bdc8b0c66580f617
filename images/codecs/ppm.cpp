#include <charconv>

#include "images/codecs/plain_picture.h"

namespace zsq::images {
namespace {

/// The number that `header` begins with behind at least one blank; takes both away.
std::optional<std::int64_t> next_number(std::string_view& header) {
  const auto start = header.find_first_not_of(" \t\r\n");
  if (start == 0 || start == std::string_view::npos) return std::nullopt;
  header.remove_prefix(start);
  int number = 0;
  const auto [end, error] = std::from_chars(header.data(), header.data() + header.size(), number);
  if (error != std::errc() || number <= 0) return std::nullopt;  // a comment, too
  header.remove_prefix(static_cast<std::size_t>(end - header.data()));
  return number;
}

}  // namespace

std::optional<Pixels> plain_ppm(std::string_view bytes, std::int64_t channels) {
  const std::int64_t own = bytes[1] == '6' ? 3 : 1;
  std::string_view rest = bytes.substr(2);
  const auto width = next_number(rest), height = next_number(rest), largest = next_number(rest);
  if (own > channels || !width || !height || largest != 255 || *height > kMostPlainPixels / *width)
    return std::nullopt;
  const std::int64_t count = *width * *height * own;
  if (std::ssize(rest) < count + 1) return std::nullopt;
  rest.remove_prefix(1);  // one blank
  Pixels picture = pixels_of(1, *height, *width, channels);
  for (std::size_t i = 0; i < picture.values.size(); ++i)
    picture.values[i] = static_cast<std::uint8_t>(rest[own == channels ? i : i / 3]);
  return picture;
}

}  // namespace zsq::images
