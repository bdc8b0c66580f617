#include <cmath>

#include <nlohmann/json.hpp>

#include "graph/architectures/drawing.h"
#include "graph/architectures/drawing_fields.h"
#include "graph/op_traits.h"

namespace zsq {
namespace {

using json = nlohmann::ordered_json;

json written(const Shape& s) { return {s.c, s.h, s.w}; }
json written(const Size2& s) { return {s.h, s.w}; }
json written(const Padding& p) { return {p.top, p.left, p.bottom, p.right}; }
json written(const Pad::Amount& a) { return {a.before, a.after}; }
json written(const Slice::Range& r) { return {r.begin, r.end, r.step}; }
json written(int value) { return value; }
json written(float value) {
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  return value;
}
template <class T>
requires std::is_enum_v<T> json written(T value) {
  return std::string(drawing::names(value).at(static_cast<std::size_t>(value)));
}

/// Writes the fields that differ from those of an op as it is made.
template <class T>
void add_fields(json& object, const T& op) {
  json defaults = json::object();
  const auto write_to = [](json& to) {
    return [&to](const char* key, const auto& value) { to[key] = written(value); };
  };
  auto write_default = write_to(defaults), write = write_to(object);
  const T made{};
  drawing::fields(write_default, made);
  drawing::fields(write, op);
  for (const auto& [key, value] : defaults.items())
    if (object[key] == value) object.erase(key);
}

void add_parameters(json& object, const Conv2d& op) {
  object["out"] = op.weight.shape.n;
  if (!op.bias.empty()) object["bias"] = true;
}
void add_parameters(json& object, const ConvTranspose2d& op) {
  object["out"] = op.outputs();
  object["kernel"] = {op.weight.shape.h, op.weight.shape.w};
  if (!op.bias.empty()) object["bias"] = true;
}
void add_parameters(json& object, const Linear& op) {
  object["out"] = op.weight.shape.n;
  if (!op.bias.empty()) object["bias"] = true;
}
void add_parameters(
    json&,
    const OneOf<Input, BatchNorm2d, Clamp, Pointwise, Add, Mul, Concat, MaxPool2d, AvgPool2d, GlobalAvgPool,
                Flatten, Pad, Slice, ChannelShuffle, PixelShuffle, PixelUnshuffle, Upsample, Softmax> auto&) {
}

json node_of(const Graph& graph, const Node& node) {
  json object{{"name", node.name}, {"op", std::string(drawing::kOps.at(node.op.index()))}};
  for (const NodeId input : node.inputs) object["in"].push_back(graph[input].name);
  std::visit(
      [&](const auto& op) {
        add_parameters(object, op);
        add_fields(object, op);
      },
      node.op);
  return object;
}

}  // namespace

std::string drawing_of(const Graph& graph) {
  std::string text = "{\n\"format\": \"" + std::string(drawing::kFormat) +
                     "\", \"version\": " + std::to_string(drawing::kVersion) + ",\n\"nodes\": [\n";
  const char* join = "";
  for (const Node& node : graph.nodes()) {
    text.append(std::exchange(join, ",\n")).append(node_of(graph, node).dump());
  }
  json outputs = json::array();
  for (const NodeId output : graph.outputs()) outputs.push_back(graph[output].name);
  return text + "\n],\n\"outputs\": " + outputs.dump() + "\n}\n";
}

}  // namespace zsq
