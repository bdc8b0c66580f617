#include "report/wrapped.h"

namespace zsq::report {
namespace {

constexpr std::size_t kWidth = 100, kIndent = 4;

}  // namespace

std::string wrapped(std::string_view text) {
  std::string all, line;
  while (!text.empty()) {
    const auto blank = text.find(' ');
    const std::string_view word = text.substr(0, blank);
    text = blank == std::string_view::npos ? "" : text.substr(blank + 1);
    if (!line.empty() && kIndent + line.size() + 1 + word.size() > kWidth) {
      all += std::string(kIndent, ' ') + line + "\n";
      line.clear();
    }
    line += (line.empty() ? "" : " ") + std::string(word);
  }
  return all + std::string(kIndent, ' ') + line + "\n";
}

}  // namespace zsq::report
