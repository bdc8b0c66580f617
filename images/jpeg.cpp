#include "images/jpeg.h"

#include <cstddef>

namespace zsq::images {
namespace {

constexpr int kStart = 0xD8, kEnd = 0xD9, kTemporary = 0x01;

/// A marker that no segment follows: those that synchronise the data of a scan, and the start of the image.
bool stands_alone(int marker) { return (marker >= 0xD0 && marker <= kStart) || marker == kTemporary; }

int at(std::string_view bytes, std::size_t i) { return static_cast<unsigned char>(bytes[i]); }

/// Where the next marker's second byte is, from `i` on: 0xFF and no 0x00, which stands for 0xFF itself.
std::size_t next_marker(std::string_view bytes, std::size_t i) {
  for (; i + 1 < bytes.size(); ++i)
    if (at(bytes, i) == 0xFF && at(bytes, i + 1) != 0x00 && at(bytes, i + 1) != 0xFF) return i + 1;
  return bytes.size();
}

}  // namespace

bool is_whole_jpeg(std::string_view bytes) {
  if (!bytes.starts_with("\xFF\xD8\xFF")) return true;
  std::size_t i = 2;
  while (true) {
    i = next_marker(bytes, i);
    if (i >= bytes.size()) return false;
    const int marker = at(bytes, i++);
    if (marker == kEnd) return true;
    if (stands_alone(marker)) continue;
    if (i + 2 > bytes.size()) return false;
    i += static_cast<std::size_t>(at(bytes, i) << 8 | at(bytes, i + 1));  // its length; of a scan, its head's
  }
}

}  // namespace zsq::images
