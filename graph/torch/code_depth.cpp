#include "graph/torch/code_depth.h"

#include <vector>

namespace zsq::torchscript {
namespace {

constexpr std::size_t kMaxBrackets = 200, kMaxIndent = 400;
constexpr int kMaxOperators = 2000, kMaxElif = 200;

/// The operators of an expression that is not complete, in all the brackets around a place. Words such as
/// `not` count by the space after them; texts count as if they were code, which is safe.
class Open {
 public:
  /// Returns whether it stays within the limits.
  bool add(char c, bool continued) {
    switch (c) {
      case '(':
      case '[':
      case '{': levels_.push_back(0); break;
      case ')':
      case ']':
      case '}': close(); break;
      case ',': complete(); break;
      case '\n':
        if (levels_.size() == 1 && !continued) complete();
        break;
      default:
        if (std::string_view("+-*/%&|^~<>=!@. \t\\").find(c) != std::string_view::npos) {
          ++levels_.back();
          ++operators_;
        }
    }
    return levels_.size() <= kMaxBrackets && operators_ <= kMaxOperators;
  }

 private:
  void complete() {
    operators_ -= levels_.back();
    levels_.back() = 0;
  }

  void close() {
    if (levels_.size() == 1) return;  // the parser will say so
    complete();
    levels_.pop_back();
  }

  std::vector<int> levels_{0};  // outside all brackets first
  int operators_ = 0;
};

}  // namespace

bool is_shallow(std::string_view code) {
  Open open;
  std::size_t indent = 0;
  bool at_beginning = true;
  char before = '\n';
  for (const char c : code) {
    const bool blank = c == ' ' || c == '\t';
    at_beginning = c == '\n' || (at_beginning && blank);
    indent = at_beginning && blank ? indent + 1 : 0;
    if (indent > kMaxIndent) return false;
    if (!(at_beginning && blank) && !open.add(c, before == '\\')) return false;
    before = c;
  }
  int chained = 0;
  for (std::size_t at = code.find("elif"); at != std::string_view::npos; at = code.find("elif", at + 1))
    if (++chained > kMaxElif) return false;
  return true;
}

}  // namespace zsq::torchscript
