#pragma once

#include <string>
#include <string_view>

namespace zsq {

/// UTF-8 without control characters but line ends and tabs. Judged by its beginning, which may end within a
/// character.
bool is_text(std::string_view bytes);

/// The same text with '?' for each byte that is not part of UTF-8: JSON takes nothing else, and names of
/// files and classes come as they are.
std::string as_utf8(std::string_view text);

/// On one line: each control character becomes a space, and what is longer is cut off.
std::string one_line(std::string_view text, std::size_t longest = 2000);

}  // namespace zsq
