#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

/// What models/NAME.json of a torch.export archive says (torch/_export/serde/schema.py), of which only what
/// networks of one image need is read.
namespace zsq::pt2 {

/// A number, or the name of the value that is one when the program runs.
using Extent = std::variant<std::int64_t, std::string>;

struct Absent {};
struct Tensors {
  std::vector<std::string> names;  // "" where one of several is left out
};
struct Integers {
  std::vector<Extent> values;  // truths and types, too
};
struct Numbers {
  std::vector<double> values;
};
struct Foreign {
  std::string kind;  // "as_graph": of no operator that zsq knows
};
/// One of them or a list of them, which are told apart by who asks.
using Value = std::variant<Absent, Tensors, Integers, Numbers, std::string, Foreign>;

struct Call {
  std::string target;  // "aten.conv2d.default"
  std::string name;    // of its result, which is unique
  std::string module;  // path of the module that called it: "layer1.0.conv1"; or empty
  std::vector<std::pair<std::string, Value>> arguments;  // by the names that the operator gives them
  std::vector<std::string> results;

  const Value* find(std::string_view argument) const;  // null where it is left out or absent
};

/// What the program's graph is given beside the image.
struct Stored {
  std::string name;       // in the graph: "p_conv1_weight"
  std::string parameter;  // in the archive: "conv1.weight"
};

using Sizes = std::vector<std::optional<std::int64_t>>;  // none: known when it runs

struct Program {
  std::string producer;  // "pytorch 2.11.0"
  std::vector<Stored> stored;
  std::vector<std::string> inputs, outputs;
  std::vector<Call> calls;                          // in execution order
  std::map<std::string, Sizes, std::less<>> sizes;  // of its tensors
};

/// Takes untrusted text. Throws Error, beginning with `who`: Fault::unsupported for another version of the
/// schema, Fault::model where it is damaged.
Program parse_program(std::string_view text, const std::string& who);

}  // namespace zsq::pt2
