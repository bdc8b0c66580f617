#include <algorithm>
#include <cmath>
#include <memory>
#include <unordered_map>

#include "graph/architectures/drawing.h"
#include "graph/architectures/drawing_fields.h"
#include "graph/json_settings.h"
#include "graph/limits.h"
#include "graph/nearest.h"

namespace zsq {
namespace {

using json = JsonSettings::json;

constexpr std::size_t kMaxText = std::size_t{16} << 20U;

std::string near_to(const std::string& word, const std::vector<std::string>& known) {
  const std::string near = nearest(word, known);
  return near.empty() ? "" : ", did you mean '" + near + "'?";
}

/// Reads the fields of one node.
class FieldReader {
 public:
  FieldReader(const JsonSettings& in, const json& node) : in_(in), node_(node) {}

  template <class T>
  void operator()(const char* key, T& value) {
    known_.emplace_back(key);
    if (const json* found = JsonSettings::find(node_, key)) read(*found, key, value);
  }

  void also_known(const char* key) { known_.emplace_back(key); }
  const std::vector<std::string>& known() const { return known_; }

 private:
  std::int64_t integer(const json& value, const char* key, std::int64_t least) const {
    in_.need(value.is_number_integer() && value >= least && value <= kMaxExtent, '"', key, "\" holds ",
             JsonSettings::shown(value), ", an integer from ", least, " to ", kMaxExtent, " was needed");
    return value.get<std::int64_t>();
  }

  int side(const json& value, const char* key, int least) const { return in_.extent(value, key, least); }

  /// A list of so many numbers, or one number for all of them.
  const json& item(const json& value, const char* key, std::size_t count, std::size_t i) const {
    if (!value.is_array()) return value;
    in_.need(value.size() == count, '"', key, "\" has ", value.size(), " numbers, ", count, " were needed");
    return value[i];
  }

  void read(const json& value, const char* key, Shape& s) const {
    in_.need(value.is_array() && value.size() == 3, '"', key, "\" is not [channels, height, width]");
    s = {1, integer(value[0], key, 1), side(value[1], key, 1), side(value[2], key, 1)};
  }
  void read(const json& value, const char* key, Size2& s) const {
    const int least = std::string_view(key) == "output_padding" ? 0 : 1;
    s = {side(item(value, key, 2, 0), key, least), side(item(value, key, 2, 1), key, least)};
  }
  void read(const json& value, const char* key, Padding& p) const {
    const auto at = [&](std::size_t i) { return side(item(value, key, 4, i), key, 0); };
    p = {at(0), at(1), at(2), at(3)};
  }
  void read(const json& value, const char* key, Pad::Amount& a) const {
    const auto at = [&](std::size_t i) { return static_cast<int>(integer(item(value, key, 2, i), key, 0)); };
    a = {at(0), at(1)};
  }
  void read(const json& value, const char* key, Slice::Range& r) const {
    in_.need(value.is_array(), '"', key, "\" is not [begin, end, step]");
    const auto at = [&](std::size_t i, std::int64_t least) {
      return integer(item(value, key, 3, i), key, least);
    };
    r = {at(0, 0), at(1, 1), at(2, 1)};
  }
  void read(const json& value, const char* key, int& number) const {
    number = static_cast<int>(integer(value, key, 1));
  }
  void read(const json& value, const char* key, float& number) const {
    if (value == "inf" || value == "-inf") {
      number = value == "inf" ? INFINITY : -INFINITY;
      return;
    }
    number = static_cast<float>(in_.numbers(value, key, 1, 1).front());
    in_.need(std::isfinite(number), '"', key, "\" is ", JsonSettings::shown(value), ", which no float is");
  }
  template <class T>
  requires std::is_enum_v<T>
  void read(const json& value, const char* key, T& chosen) const {
    const std::string text = in_.string(value, key);
    constexpr auto all = drawing::names(T{});
    const auto found = std::ranges::find(all, text);
    in_.need(found != all.end(), '"', key, "\" is '", text.substr(0, 40), "'",
             near_to(text, {all.begin(), all.end()}));
    chosen = static_cast<T>(found - all.begin());
  }

  const JsonSettings& in_;
  const json& node_;
  std::vector<std::string> known_{"name", "op", "in"};
};

/// One op of each kind, as it is made.
template <std::size_t... kIndex>
std::vector<Op> made_ops(std::index_sequence<kIndex...>) {
  return {Op(std::in_place_index<kIndex>)...};
}

/// Builds the nodes of a drawing one after another.
class Drawer {
 public:
  Drawer(const json& whole, const std::string& who, NamedParameters& parameters, const Shape& input)
      : whole_(whole), who_(who), parameters_(parameters), input_(input) {}

  Graph draw() {
    for (const json& node : whole_["nodes"]) add(node);
    if (const json* outputs = JsonSettings::find(whole_, "outputs"))
      for (const json& output : *outputs) graph_.mark_output(place(JsonSettings(who_), output));
    return std::move(graph_);
  }

 private:
  void add(const json& node) {
    const JsonSettings whole(who_);
    whole.need(node.is_object(), "a node is ", JsonSettings::shown(node), ", not an object");
    const json* given = JsonSettings::find(node, "name");
    whole.need(given != nullptr, "a node has no \"name\"");
    const std::string name = whole.string(*given, "name");
    const JsonSettings in(who_ + ": node '" + name.substr(0, 100) + "'");
    const json* op_name = JsonSettings::find(node, "op");
    in.need(op_name != nullptr, "it has no \"op\"");
    Op op = op_called(in, in.string(*op_name, "op"));
    const std::vector<NodeId> inputs = inputs_of(in, node);
    FieldReader reader(in, node);
    std::visit([&](auto& o) { drawing::fields(reader, o); }, op);
    std::visit([&](auto& o) { fill(o, in, node, reader, name, inputs); }, op);
    in.need_known(node, "", reader.known());
    placed_.insert_or_assign(name, graph_.add(name, std::move(op), inputs));
    names_.push_back(name);
  }

  static Op op_called(const JsonSettings& in, const std::string& name) {
    const auto found = std::ranges::find(drawing::kOps, name);
    in.need(found != drawing::kOps.end(), "there is no op '", name.substr(0, 40), "'",
            near_to(name, {drawing::kOps.begin(), drawing::kOps.end()}));
    static const std::vector<Op> made = made_ops(std::make_index_sequence<drawing::kOps.size()>());
    return made[static_cast<std::size_t>(found - drawing::kOps.begin())];
  }

  NodeId place(const JsonSettings& in, const json& name) const {
    const std::string text = in.string(name, "in");
    const auto found = placed_.find(text);
    if (found == placed_.end())
      in.need(false, "there is no node '", text.substr(0, 100), "' before it", near_to(text, names_));
    return found->second;
  }

  std::vector<NodeId> inputs_of(const JsonSettings& in, const json& node) const {
    std::vector<NodeId> all;
    const json* given = JsonSettings::find(node, "in");
    if (given == nullptr) return all;
    in.need(given->is_array(), "\"in\" is no list of nodes");
    for (const json& name : *given) all.push_back(place(in, name));
    return all;
  }

  const Shape& first(const JsonSettings& in, const std::vector<NodeId>& inputs) const {
    in.need(!inputs.empty(), "it has no \"in\"");
    return graph_[inputs.front()].shape;
  }

  /// Where a node's parameters stand in the state dict, where not under its name: one module used twice.
  std::string path(const JsonSettings& in, const json& node, FieldReader& reader,
                   const std::string& name) const {
    reader.also_known("parameters");
    const json* other = JsonSettings::find(node, "parameters");
    return other == nullptr ? name : in.string(*other, "parameters");
  }

  static std::int64_t outputs(const JsonSettings& in, const json& node, FieldReader& reader) {
    reader.also_known("out");
    const json* out = JsonSettings::find(node, "out");
    in.need(out != nullptr && out->is_number_integer() && *out >= 1 && *out <= kMaxExtent,
            "\"out\" must say its output channels, 1 to ", kMaxExtent);
    return out->get<std::int64_t>();
  }

  std::vector<float> bias(const JsonSettings& in, const json& node, FieldReader& reader,
                          const std::string& module, std::int64_t count) {
    reader.also_known("bias");
    const json* has = JsonSettings::find(node, "bias");
    in.need(has == nullptr || has->is_boolean(), "\"bias\" is neither true nor false");
    return has != nullptr && has->get<bool>() ? parameters_.vector(module + ".bias", count)
                                              : std::vector<float>();
  }

  /// The product of a weight's extents overflows nothing, and is of a size that networks have.
  static Shape weight_shape(const JsonSettings& in, const Shape& s) {
    in.need(s.n * s.c <= kMaxValues && s.h * s.w <= kMaxValues / (s.n * s.c), "its weights would be ", s.n,
            'x', s.c, 'x', s.h, 'x', s.w, ", which is too large");
    return s;
  }

  void fill(Conv2d& op, const JsonSettings& in, const json& node, FieldReader& reader,
            const std::string& name, const std::vector<NodeId>& inputs) {
    const std::string module = path(in, node, reader, name);
    const std::int64_t out = outputs(in, node, reader), channels = first(in, inputs).c;
    in.need(channels % op.groups == 0, "\"groups\" is ", op.groups, ", which does not divide ", channels,
            " channels");
    op.weight = parameters_.array(
        module + ".weight",
        weight_shape(in, {out, channels / op.groups, op.window.kernel.h, op.window.kernel.w}));
    op.bias = bias(in, node, reader, module, out);
  }

  void fill(ConvTranspose2d& op, const JsonSettings& in, const json& node, FieldReader& reader,
            const std::string& name, const std::vector<NodeId>& inputs) {
    const std::string module = path(in, node, reader, name);
    Size2 kernel;
    reader("kernel", kernel);
    const std::int64_t out = outputs(in, node, reader);
    in.need(out % op.groups == 0, "\"groups\" is ", op.groups, ", which does not divide ", out, " channels");
    op.weight = parameters_.array(
        module + ".weight", weight_shape(in, {first(in, inputs).c, out / op.groups, kernel.h, kernel.w}));
    op.bias = bias(in, node, reader, module, out);
  }

  void fill(Linear& op, const JsonSettings& in, const json& node, FieldReader& reader,
            const std::string& name, const std::vector<NodeId>& inputs) {
    const std::string module = path(in, node, reader, name);
    const std::int64_t out = outputs(in, node, reader);
    op.weight = parameters_.array(module + ".weight", weight_shape(in, {out, first(in, inputs).c, 1, 1}));
    op.bias = bias(in, node, reader, module, out);
  }

  void fill(BatchNorm2d& op, const JsonSettings& in, const json& node, FieldReader& reader,
            const std::string& name, const std::vector<NodeId>& inputs) {
    op = parameters_.batch_norm(path(in, node, reader, name), first(in, inputs).c, op.epsilon);
  }

  void fill(Input& op, const JsonSettings& in, const json&, FieldReader&, const std::string&,
            const std::vector<NodeId>& inputs) {
    in.need(placed_.empty() && inputs.empty(),
            "it is an input behind the first node; one input is supported");
    op.shape = input_;
  }

  void fill(OneOf<Clamp, Pointwise, Add, Mul, Concat, MaxPool2d, AvgPool2d, GlobalAvgPool, Flatten, Pad,
                  Slice, ChannelShuffle, PixelShuffle, PixelUnshuffle, Upsample, Softmax> auto&,
            const JsonSettings& in, const json&, FieldReader&, const std::string&,
            const std::vector<NodeId>& inputs) {
    first(in, inputs);
  }

  const json& whole_;
  const std::string& who_;
  NamedParameters& parameters_;
  Shape input_;
  Graph graph_;
  std::unordered_map<std::string, NodeId> placed_;
  std::vector<std::string> names_;
};

Shape input_of(const json& whole, const JsonSettings& in) {
  const json& first = whole["nodes"].front();
  const bool is_input = first.is_object() && first.contains("op") && first["op"] == "input";
  in.need(is_input, "its first node is no \"input\"");
  Input input;
  FieldReader reader(in, first);
  in.need(JsonSettings::find(first, "shape") != nullptr,
          "its input has no \"shape\" [channels, height, width]");
  drawing::fields(reader, input);
  return input.shape;
}

}  // namespace

Blueprint drawn_network(std::string_view text, const std::string& who) {
  const JsonSettings in(who);
  in.need(text.size() <= kMaxText, "it has ", text.size(), " bytes, at most ", kMaxText, " were expected");
  auto whole = std::make_shared<const json>(in.parse(text));
  in.need(whole->is_object(), "it is no JSON object");
  in.need_known(*whole, "", {"format", "version", "nodes", "outputs"});
  const json *format = JsonSettings::find(*whole, "format"), *version = JsonSettings::find(*whole, "version"),
             *nodes = JsonSettings::find(*whole, "nodes"), *outputs = JsonSettings::find(*whole, "outputs");
  in.need(format != nullptr && *format == drawing::kFormat,
          "it is no graph, which begins with \"format\": \"", drawing::kFormat,
          "\", as zsq inspect MODEL --write-graph FILE writes it");
  in.need(version != nullptr && *version == drawing::kVersion, "\"version\" is not ", drawing::kVersion);
  in.need(nodes != nullptr && nodes->is_array() && !nodes->empty(), "\"nodes\" is no list of nodes");
  in.need(outputs == nullptr || outputs->is_array(), "\"outputs\" is no list of nodes");
  return {.name = who,
          .title = who,
          .usual_input = input_of(*whole, in),
          .build = [whole, who](NamedParameters& parameters, const Shape& input) {
            return Drawer(*whole, who, parameters, input).draw();
          }};
}

}  // namespace zsq
