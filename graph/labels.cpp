#include "graph/labels.h"

#include <algorithm>
#include <cctype>

#include "graph/file.h"
#include "graph/text.h"

namespace zsq {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxBytes = 4 << 20;

std::string without_wordnet_id(const std::string& line) {
  constexpr std::size_t kDigits = 8;
  if (line.size() < kDigits + 3 || line[0] != 'n' || line[kDigits + 1] != ' ') return line;
  const auto is_digit = [](unsigned char c) { return std::isdigit(c) != 0; };
  return std::all_of(line.begin() + 1, line.begin() + 1 + kDigits, is_digit) ? line.substr(kDigits + 2)
                                                                             : line;
}

}  // namespace

std::vector<std::string> parse_labels(std::string_view text, const std::string& who) {
  check(text.size() <= kMaxBytes && text.find('\0') == std::string_view::npos, Fault::model, who,
        " is not a list of class names; a text file with one name a line was needed");
  std::vector<std::string> names;
  while (!text.empty()) {
    std::string line(text.substr(0, text.find('\n')));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    while (!line.empty() && std::isspace(static_cast<unsigned char>(line.back())) != 0) line.pop_back();
    if (!line.empty()) names.push_back(as_utf8(without_wordnet_id(line)));
  }
  return names;
}

std::vector<std::string> read_labels(const fs::path& path) {
  return parse_labels(FileBytes(path).view(), path.string());
}

std::optional<fs::path> find_upwards(const fs::path& folder, const fs::path& file) {
  if (file.is_absolute() || std::ranges::find(file, fs::path("..")) != file.end()) return std::nullopt;
  std::error_code ignored;
  fs::path place = fs::absolute(folder, ignored).lexically_normal();
  while (true) {
    if (fs::is_regular_file(place / file, ignored)) return place / file;
    const fs::path above = place.parent_path();
    if (above == place || above.empty()) return std::nullopt;
    place = above;
  }
}

}  // namespace zsq
