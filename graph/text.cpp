#include "graph/text.h"

#include <algorithm>

namespace zsq {
namespace {

/// How many bytes a character of UTF-8 has that begins with this one; 0 where none does.
std::size_t length_of(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first < 0xE0) return 2;
  if (first >= 0xE0 && first < 0xF0) return 3;
  return first >= 0xF0 && first < 0xF5 ? 4 : 0;
}

/// The bytes behind a first one. Also false for surrogates and for spellings longer than needed.
bool continue_character(unsigned char first, std::string_view rest) {
  if (rest.empty()) return true;
  const auto second = static_cast<unsigned char>(rest[0]);
  if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ||
      (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F))
    return false;
  return std::ranges::all_of(rest, [](unsigned char c) { return (c & 0xC0) == 0x80; });
}

bool is_control(unsigned char c) { return c < 32 || c == 127; }

}  // namespace

bool is_text(std::string_view bytes) {
  bytes = bytes.substr(0, 512);
  while (!bytes.empty()) {
    const auto first = static_cast<unsigned char>(bytes.front());
    const std::size_t length = length_of(first);
    if (length == 0 || !continue_character(first, bytes.substr(0, length).substr(1))) return false;
    if (is_control(first) && first != '\n' && first != '\r' && first != '\t') return false;
    bytes.remove_prefix(std::min(length, bytes.size()));
  }
  return true;
}

std::string as_utf8(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto first = static_cast<unsigned char>(text.front());
    const std::size_t length = length_of(first);
    const bool ok =
        length > 0 && length <= text.size() && continue_character(first, text.substr(1, length - 1));
    out += ok ? text.substr(0, length) : "?";
    text.remove_prefix(ok ? length : 1);
  }
  return out;
}

std::string one_line(std::string_view text, std::size_t longest) {
  std::string out(text.substr(0, longest));
  for (char& c : out)
    if (is_control(static_cast<unsigned char>(c))) c = ' ';
  return text.size() > longest ? out + " ..." : out;
}

}  // namespace zsq
