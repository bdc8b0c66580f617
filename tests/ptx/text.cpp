#include "tests/ptx/text.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <sstream>

namespace zsq::ptx {
namespace {

[[noreturn]] void refuse(int line, const std::string& what) {
  throw Violation("line " + std::to_string(line) + ": " + what);
}

std::string trimmed(std::string_view text) {
  const auto is_space = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return std::string(text);
}

std::string without_comments(std::string_view text) {
  std::string kept(text);
  for (std::size_t i = 0; (i = kept.find("//", i)) != std::string::npos;)
    for (; i < kept.size() && kept[i] != '\n'; ++i) kept[i] = ' ';
  for (std::size_t i = 0; (i = kept.find("/*", i)) != std::string::npos;) {
    const std::size_t end = std::min(kept.find("*/", i) + 2, kept.size());
    for (; i < end; ++i)
      if (kept[i] != '\n') kept[i] = ' ';
  }
  return kept;
}

/// At commas outside braces and brackets.
std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && (text[i] == '{' || text[i] == '[')) ++depth;
    if (i < text.size() && (text[i] == '}' || text[i] == ']')) --depth;
    if (i == text.size() || (text[i] == ',' && depth == 0)) {
      parts.push_back(trimmed(text.substr(begin, i - begin)));
      begin = i + 1;
    }
  }
  if (parts.size() == 1 && parts[0].empty()) parts.clear();
  return parts;
}

int bits_of(const std::string& type, int line) {
  if (type == ".pred") return 1;
  for (const int bits : {8, 16, 32, 64})
    for (const char* kind : {".b", ".u", ".s"})
      if (type == kind + std::to_string(bits)) return bits;
  refuse(line, "registers or variables of type " + type + " are unknown");
}

/// ".align 16 .b8 name[128]" or ".u64 name".
struct Variable {
  std::string name;
  std::int64_t alignment = 1, bytes = 0;
};
Variable variable(const std::string& declaration, int line) {
  std::istringstream words(declaration);
  std::string word;
  Variable v;
  while (words >> word) {
    if (word == ".align") {
      words >> v.alignment;
    } else if (word[0] == '.') {
      v.bytes = bits_of(word, line) / 8;
      v.alignment = std::max(v.alignment, v.bytes);
    } else {
      const std::size_t bracket = word.find('[');
      v.name = word.substr(0, bracket);
      if (bracket != std::string::npos) {
        const std::string count = word.substr(bracket + 1, word.find(']') - bracket - 1);
        v.bytes *= count.empty() ? 0 : std::stoll(count);
      }
    }
  }
  return v;
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(without_comments(text)) {}

  std::vector<Body> read() {
    while (true) {
      skip_spaces();
      if (at_ == text_.size()) return std::move(bodies_);
      const std::string head = take_until("{;\n(");
      if (head.find(".entry") != std::string::npos) {
        entry(head);
      } else if (head.starts_with(".extern") && head.find(".shared") != std::string::npos) {
        dynamic_.push_back(variable(head.substr(head.find(".shared") + 7), line_).name);
        ++at_;
      } else if (head.starts_with(".version") || head.starts_with(".target") ||
                 head.starts_with(".address_size")) {
        continue;
      } else if (head.starts_with(".shared")) {
        module_shared_.push_back(variable(head.substr(7), line_));
        ++at_;
      } else if (head.find(".global") != std::string::npos && text_[at_] == ';') {
        ++at_;  // constants of headers; a kernel that names one is refused
      } else {
        refuse(line_, "'" + head + "' is unknown outside a kernel");
      }
    }
  }

 private:
  void skip_spaces() {
    for (; at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0; ++at_)
      if (text_[at_] == '\n') ++line_;
  }

  std::string take_until(std::string_view ends) {
    const std::size_t end = std::min(text_.find_first_of(ends, at_), text_.size());
    std::string taken = text_.substr(at_, end - at_);
    line_ += static_cast<int>(std::ranges::count(taken, '\n'));
    at_ = end;
    return trimmed(taken);
  }

  void place_shared(Body& body, const Variable& v) {
    body.shared_bytes = (body.shared_bytes + v.alignment - 1) / v.alignment * v.alignment;
    body.shared[v.name] = body.shared_bytes;
    body.shared_bytes += v.bytes;
  }

  void entry(const std::string& head) {
    Body body;
    body.name = trimmed(head.substr(head.find(".entry") + 6));
    ++at_;  // (
    const int line = line_;
    for (const std::string& one : split(take_until(")"))) {
      const Variable v = variable(one.substr(one.find(".param") + 6), line);
      body.parameter_bytes = (body.parameter_bytes + v.alignment - 1) / v.alignment * v.alignment;
      body.parameters[v.name] = body.parameter_bytes;
      body.parameter_bytes += v.bytes;
    }
    ++at_;
    take_until("{");  // .maxntid and the like say nothing that matters here
    ++at_;
    for (const Variable& v : module_shared_) place_shared(body, v);
    while (true) {
      skip_spaces();
      if (text_[at_] == '}') break;
      if (text_[at_] == '{') refuse(line_, "scopes inside a kernel are unknown");
      one_line(body);
    }
    ++at_;
    body.shared_bytes = (body.shared_bytes + 15) / 16 * 16;
    for (const std::string& name : dynamic_) body.shared[name] = body.shared_bytes;
    bodies_.push_back(std::move(body));
  }

  void one_line(Body& body) {
    const std::size_t begin = at_;
    const int line = line_;
    const std::size_t end = text_.find_first_of(";:", at_);
    if (end != std::string::npos && text_[end] == ':' && text_[begin] == '$') {
      body.labels[take_until(":")] = body.statements.size();
      ++at_;
      return;
    }
    const std::string all = take_until(";");
    ++at_;
    if (all.starts_with(".reg")) {
      registers(body, all, line);
    } else if (all.starts_with(".shared")) {
      place_shared(body, variable(all.substr(7), line));
    } else if (all.starts_with(".pragma")) {
      return;
    } else if (all[0] == '.') {
      refuse(line, "'" + all + "' is unknown");
    } else {
      body.statements.push_back(statement(all, line));
    }
  }

  /// ".reg .b32 %r<10>"
  static void registers(Body& body, const std::string& all, int line) {
    std::istringstream words(all);
    std::string directive, type, names;
    words >> directive >> type >> names;
    const std::size_t angle = names.find('<');
    if (angle == std::string::npos) refuse(line, "'" + all + "' is unknown");
    const int count = std::stoi(names.substr(angle + 1));
    for (int i = 0; i < count; ++i)
      body.registers[names.substr(0, angle) + std::to_string(i)] = bits_of(type, line);
  }

  static Statement statement(std::string all, int line) {
    Statement s{.line = line, .text = all};
    if (all[0] == '@') {
      const std::size_t end = all.find_first_of(" \t");
      s.negated = all[1] == '!';
      s.guard = all.substr(s.negated ? 2 : 1, end - (s.negated ? 2 : 1));
      all = trimmed(std::string_view(all).substr(end));
    }
    const std::size_t end = std::min(all.find_first_of(" \t"), all.size());
    s.opcode = all.substr(0, end);
    s.operands = split(std::string_view(all).substr(end));
    return s;
  }

  std::string text_;
  std::size_t at_ = 0;
  int line_ = 1;
  std::vector<Variable> module_shared_;
  std::vector<std::string> dynamic_;
  std::vector<Body> bodies_;
};

}  // namespace

std::vector<Body> read(std::string_view text) { return Reader(text).read(); }

}  // namespace zsq::ptx
