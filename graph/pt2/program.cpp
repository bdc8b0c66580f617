#include "graph/pt2/program.h"

#include <algorithm>

#include "graph/check.h"
#include "graph/pt2/json_reader.h"

namespace zsq::pt2 {
namespace {

constexpr std::int64_t kSchema = 8;
/// Far beyond any network; each takes more memory than its text.
constexpr std::size_t kMostCalls = std::size_t{1} << 17U;

class ProgramReader {
 public:
  explicit ProgramReader(const std::string& who) : in_(who), who_(who) {}

  Program read(std::string_view text) {
    const json whole = in_.parse(text, "its program");
    check_version(in_.member(whole, "schema_version"));
    Program program;
    if (const auto version = whole.find("torch_version"); version != whole.end() && version->is_string())
      program.producer = "pytorch " + version->get<std::string>().substr(0, 40);
    const json& module = in_.member(whole, "graph_module");
    read_signature(in_.member(module, "signature"), program);
    const json& graph = in_.member(module, "graph");
    const json& calls = in_.list(graph, "nodes");
    in_.need(calls.size() <= kMostCalls, "it has ", calls.size(), " operators");
    for (const json& c : calls) program.calls.push_back(call(c));
    const json& values = in_.member(graph, "tensor_values");
    in_.need(values.is_object(), "'tensor_values' is no object");
    for (const auto& [name, value] : values.items()) program.sizes.emplace(name, sizes(value));
    return program;
  }

 private:
  void check_version(const json& version) const {
    const std::int64_t major = in_.integer(in_.member(version, "major"));
    check(major == kSchema, Fault::unsupported, who_, " is a torch.export archive of schema ", major, "; ",
          kSchema,
          " is read, which PyTorch 2.9 and newer write: load it there and save it again with "
          "torch.export.save");
  }

  std::string named(const json& argument) const { return in_.text(in_.member(argument, "name")); }

  void read_signature(const json& signature, Program& program) const {
    for (const json& spec : in_.list(signature, "input_specs")) {
      const auto [kind, value] = in_.alternative(spec);
      if (kind == "user_input") {
        const Value given = argument(in_.member(*value, "arg"));
        if (const auto* tensor = std::get_if<Tensors>(&given); tensor != nullptr && tensor->names.size() == 1)
          program.inputs.push_back(tensor->names.front());
      }
      for (const auto& [of, key] : {std::pair{"parameter", "parameter_name"},
                                    {"buffer", "buffer_name"},
                                    {"tensor_constant", "tensor_constant_name"}})
        if (kind == of)
          program.stored.push_back({named(in_.member(*value, "arg")), in_.text(in_.member(*value, key))});
    }
    for (const json& spec : in_.list(signature, "output_specs")) {
      const auto [kind, value] = in_.alternative(spec);
      if (kind != "user_output") continue;
      const Value given = argument(in_.member(*value, "arg"));
      if (const auto* tensor = std::get_if<Tensors>(&given))
        program.outputs.insert(program.outputs.end(), tensor->names.begin(), tensor->names.end());
    }
  }

  Sizes sizes(const json& value) const {
    Sizes all;
    for (const json& extent : in_.list(value, "sizes")) {
      const auto [kind, number] = in_.alternative(extent);
      if (kind == "as_int")
        all.emplace_back(in_.integer(*number));
      else
        all.emplace_back(std::nullopt);
    }
    return all;
  }

  Extent extent(const json& value) const {
    const auto [kind, inner] = in_.alternative(value);
    if (kind == "as_name") return in_.text(*inner);
    if (kind == "as_bool") return truth(*inner);
    return in_.integer(*inner);
  }

  std::int64_t truth(const json& value) const {
    in_.need(value.is_boolean(), "a truth is none");
    return value.get<bool>() ? 1 : 0;
  }

  template <class Of>
  auto each(const json& values, Of of) const {
    in_.need(values.is_array(), "a list of values is none");
    std::vector<decltype(of(values))> all;
    for (const json& v : values) all.push_back(of(v));
    return all;
  }

  /// One of the alternatives of Argument.
  Value argument(const json& value) const {
    const auto [kind, inner] = in_.alternative(value);
    const auto integer = [&](const json& v) { return Extent(in_.integer(v)); };
    const auto name = [&](const json& v) { return named(v); };
    const auto optional_name = [&](const json& v) {
      const auto [is, tensor] = in_.alternative(v);
      return is == "as_tensor" ? named(*tensor) : std::string();
    };
    if (kind == "as_none") return Absent{};
    if (kind == "as_tensor") return Tensors{{named(*inner)}};
    if (kind == "as_tensors") return Tensors{each(*inner, name)};
    if (kind == "as_optional_tensor") return Tensors{{optional_name(*inner)}};
    if (kind == "as_optional_tensors") return Tensors{each(*inner, optional_name)};
    if (kind == "as_int" || kind == "as_scalar_type") return Integers{{integer(*inner)}};
    if (kind == "as_ints") return Integers{each(*inner, integer)};
    if (kind == "as_bool") return Integers{{Extent(truth(*inner))}};
    if (kind == "as_bools") return Integers{each(*inner, [&](const json& v) { return Extent(truth(v)); })};
    if (kind == "as_sym_int" || kind == "as_sym_bool") return Integers{{extent(*inner)}};
    if (kind == "as_sym_ints") return Integers{each(*inner, [&](const json& v) { return extent(v); })};
    if (kind == "as_float") return Numbers{{in_.number(*inner)}};
    if (kind == "as_floats") return Numbers{each(*inner, [&](const json& v) { return in_.number(v); })};
    if (kind == "as_string") return in_.text(*inner);
    return Foreign{kind.substr(0, 40)};
  }

  /// The path in the last of "KEY,PATH,TYPE;KEY,PATH,TYPE".
  static std::string module_of(const json& call) {
    const auto metadata = call.find("metadata");
    if (metadata == call.end() || !metadata->is_object()) return {};
    const auto stack = metadata->find("nn_module_stack");
    if (stack == metadata->end() || !stack->is_string()) return {};
    const std::string_view all = stack->get_ref<const std::string&>();
    std::string_view last = all.substr(all.rfind(';') + 1);
    const std::size_t first = last.find(',');
    if (first == std::string_view::npos) return {};
    last.remove_prefix(first + 1);
    return std::string(last.substr(0, last.find(',')).substr(0, 200));
  }

  Call call(const json& value) const {
    Call made;
    made.target = in_.text(in_.member(value, "target"));
    if (made.target.starts_with("torch.ops.")) made.target.erase(0, 10);
    made.module = module_of(value);
    for (const json& a : in_.list(value, "inputs"))
      made.arguments.emplace_back(named(a), argument(in_.member(a, "arg")));
    for (const json& result : in_.list(value, "outputs")) {
      const Value given = argument(result);
      if (const auto* tensors = std::get_if<Tensors>(&given))
        made.results.insert(made.results.end(), tensors->names.begin(), tensors->names.end());
      else if (const auto* extents = std::get_if<Integers>(&given); extents != nullptr)
        for (const Extent& e : extents->values)
          made.results.push_back(std::holds_alternative<std::string>(e) ? std::get<std::string>(e) : "");
      else
        made.results.emplace_back();
    }
    if (!made.results.empty()) made.name = made.results.front();
    return made;
  }

  JsonReader in_;
  std::string who_;
};

}  // namespace

const Value* Call::find(std::string_view argument) const {
  const auto found = std::ranges::find(arguments, argument, [](const auto& a) { return a.first; });
  if (found == arguments.end() || std::holds_alternative<Absent>(found->second)) return nullptr;
  return &found->second;
}

Program parse_program(std::string_view text, const std::string& who) { return ProgramReader(who).read(text); }

}  // namespace zsq::pt2
