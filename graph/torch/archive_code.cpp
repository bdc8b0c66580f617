#include "graph/torch/archive_code.h"

#include <algorithm>
#include <cctype>
#include <memory>
#include <unordered_set>

#include <caffe2/serialize/in_memory_adapter.h>
#include <caffe2/serialize/inline_container.h>
#include <torch/csrc/jit/frontend/parser.h>
#include <torch/csrc/jit/frontend/tree_views.h>

#include "graph/check.h"
#include "graph/torch/code_depth.h"

namespace zsq::torchscript {
namespace {

using torch::jit::Tree;
using torch::jit::TreeRef;

constexpr std::size_t kMaxBytes = std::size_t{64} << 20U;  // of all code; the largest networks have 2 MB

/// What a value that is written down consists of.
bool is_literal(int kind) {
  static const std::unordered_set<int> kinds{torch::jit::TK_CONST,
                                             torch::jit::TK_STRINGLITERAL,
                                             torch::jit::TK_TRUE,
                                             torch::jit::TK_FALSE,
                                             torch::jit::TK_NONE,
                                             torch::jit::TK_LIST_LITERAL,
                                             torch::jit::TK_TUPLE_LITERAL,
                                             torch::jit::TK_DICT_LITERAL,
                                             torch::jit::TK_LIST,
                                             torch::jit::TK_UNARY_MINUS,
                                             torch::jit::TK_NOTHING,
                                             torch::jit::TK_STRING,
                                             torch::jit::TK_OPTION,
                                             torch::jit::TK_VAR,
                                             torch::jit::TK_SUBSCRIPT,
                                             torch::jit::TK_IDENT,
                                             '.',
                                             torch::jit::TK_NONE_TYPE,
                                             torch::jit::TK_ELLIPSIS,
                                             torch::jit::TK_DOTS};
  return kinds.contains(kind);
}

/// float("inf"), annotate(List[int], []) and their like.
bool is_plain_call(const Tree& call) {
  static const std::unordered_set<std::string> names{"float", "int", "bool", "annotate", "uninitialized"};
  const Tree& callee = *call.tree(0);
  return callee.kind() == torch::jit::TK_VAR && names.contains(callee.tree(0)->tree(0)->stringValue());
}

/// LibTorch finds files whatever the case of their names.
bool is_code(std::string_view file) {
  constexpr std::string_view kExtension = ".py";
  return file.size() >= kExtension.size() &&
         std::ranges::equal(file.substr(file.size() - kExtension.size()), kExtension,
                            [](unsigned char a, unsigned char b) { return std::tolower(a) == b; });
}

class Code {
 public:
  explicit Code(const std::string& who) : who_(who) {}

  void check(const std::string& file, const std::string& text) const {
    zsq::check(is_shallow(text), Fault::unsupported, who_, ": its ", file,
               " is nested too deeply; save the model again with torch.jit.trace");
    torch::jit::Parser parser(std::make_shared<torch::jit::Source>(text));
    auto& lexer = parser.lexer();
    while (lexer.cur().kind != torch::jit::TK_EOF) {
      switch (lexer.cur().kind) {
        case torch::jit::TK_CLASS_DEF: look_at_class(*parser.parseClass()); break;
        case torch::jit::TK_DEF: look_at_function(*parser.parseFunction(/*is_method=*/false)); break;
        default: lexer.next();  // the version, an import
      }
    }
  }

 private:
  template <class... Parts>
  [[noreturn]] void refuse(const Parts&... parts) const {
    fail(Fault::unsupported, who_, " would run code of its own while it is loaded (", parts...,
         "), as quantized models do, which zsq does not let it; save the float model with torch.jit.trace");
  }

  void look_at_class(const Tree& definition) const {
    for (const TreeRef& part : definition.trees()) look_at(*part);
  }

  /// Of a class's body: methods, and constants that are given values.
  void look_at(const Tree& tree) const {
    if (tree.kind() == torch::jit::TK_DEF) return look_at_function(tree);
    if (tree.kind() == torch::jit::TK_ASSIGN) return need_literal(tree, "a constant");
    for (const TreeRef& part : tree.trees()) look_at(*part);
  }

  /// Only its head: what stands in its body runs when it is called.
  void look_at_function(const Tree& tree) const {
    const std::string& name = tree.tree(0)->tree(0)->stringValue();
    if (name == "__setstate__") refuse(name);
    need_literal(*tree.tree(1), "a default value");
  }

  /// Of lists of arguments: what stands in them.
  void need_literal_parts(const Tree& list, const char* what) const {
    for (const TreeRef& argument : list.trees()) {
      const bool named = argument->kind() == torch::jit::TK_ATTRIBUTE;
      need_literal(named ? *argument->tree(1) : *argument, what);
    }
  }

  void need_literal(const Tree& tree, const char* what) const {
    const int kind = tree.kind();
    if (kind == torch::jit::TK_APPLY && is_plain_call(tree)) {
      for (std::size_t i = 1; i < tree.trees().size(); ++i)  // arguments by place, and those by name
        need_literal_parts(*tree.trees()[i], what);
      return;
    }
    const bool holds = kind == torch::jit::TK_DECL || kind == torch::jit::TK_PARAM ||
                       kind == torch::jit::TK_ASSIGN || kind == torch::jit::TK_SLICE_EXPR;
    if (!holds && !is_literal(kind)) refuse(what, " that is computed");
    for (const TreeRef& part : tree.trees()) need_literal(*part, what);
  }

  const std::string& who_;
};

}  // namespace

void check_loads_quietly(std::string_view archive, const std::string& who) {
  caffe2::serialize::PyTorchStreamReader reader(std::make_shared<caffe2::serialize::MemoryReadAdapter>(
      archive.data(), static_cast<off_t>(archive.size())));
  check(!reader.hasRecord("model.json"), Fault::unsupported, who,
        " was written by PyTorch before 1.0; save it again with torch.jit.trace");
  const Code code(who);
  std::size_t bytes = 0, unpacked = 0;
  for (const std::string& file : reader.getAllRecords()) {
    if (!is_code(file)) {
      unpacked += file.ends_with(".debug_pkl") ? 0 : reader.getRecordSize(file);  // those are not loaded
      check(unpacked <= archive.size(), Fault::model, who, " has been packed anew: its ", file,
            " is compressed, which PyTorch never does; use the file as torch.jit.save wrote it");
      continue;
    }
    bytes += reader.getRecordSize(file);
    check(bytes <= kMaxBytes, Fault::unsupported, who, " holds more than ", kMaxBytes >> 20U,
          " MiB of code; save it again with torch.jit.trace");
    const auto [text, size] = reader.getRecord(file);
    code.check(file, std::string(static_cast<const char*>(text.get()), size));
  }
}

}  // namespace zsq::torchscript
