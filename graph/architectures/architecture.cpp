#include "graph/architectures/architecture.h"

#include <algorithm>
#include <array>

#include "graph/architectures/cifar_resnet.h"
#include "graph/architectures/drawing.h"
#include "graph/architectures/efficientnet_lite.h"
#include "graph/architectures/inception_v3.h"
#include "graph/architectures/mobilenet_v1.h"
#include "graph/architectures/mobilenet_v2.h"
#include "graph/architectures/random_parameters.h"
#include "graph/architectures/resnet.h"
#include "graph/architectures/stored_parameters.h"
#include "graph/check.h"
#include "graph/file.h"

namespace zsq {
namespace {

std::array<Family, 6> families() {
  return {cifar_resnets(), resnets(), mobilenets_v1(), mobilenets_v2(), inceptions(), efficientnets_lite()};
}

std::string listed() {
  std::string all;
  for (const std::string& name : architecture_names()) all.append(all.empty() ? "" : ", ").append(name);
  return all;
}

/// One of that name and, where `state` fits its family, of that state's depth and width; or the one that a
/// file NAME.json draws.
Blueprint find(const std::string& name, const StateDict& state) {
  if (name.ends_with(".json")) return drawn_network(read_file(name, Fault::usage), name);
  for (const Family& family : families()) {
    const auto usual = family.named(name);
    if (!usual) continue;
    const auto stored = family.recognise(state);
    return stored && stored->name == name ? *stored : *usual;
  }
  fail(Fault::usage, "no built-in architecture is called '", name, "'; there are ", listed(),
       ", and files NAME.json that draw one (zsq inspect --write-graph)");
}

Blueprint recognise(const StateDict& state, const std::string& who) {
  for (const Family& family : families())
    if (auto found = family.recognise(state)) return *std::move(found);
  fail(Fault::unsupported, who,
       " holds the weights of a network but not the network (its first parameter is '", state.begin()->first,
       "'), and zsq knows by their weights only ", listed(),
       "; save torch.jit.trace(model, example) instead");
}

Shape input_of(const Blueprint& blueprint, const std::optional<Shape>& wanted, const std::string& who) {
  const Shape input = wanted.value_or(blueprint.usual_input);
  check(input.c == blueprint.usual_input.c, Fault::model, who, " takes images of ", blueprint.usual_input.c,
        " channels, not an input of ", input.c, 'x', input.h, 'x', input.w,
        "; give the right size as --input CxHxW, or in a side-car NAME.json beside the model");
  return input;
}

}  // namespace

std::vector<std::string> architecture_names() {
  std::vector<std::string> all;
  for (const Family& family : families()) all.insert(all.end(), family.names.begin(), family.names.end());
  return all;
}

BuiltIn build_architecture(const StateDict& state, const std::optional<Shape>& input, const std::string& who,
                           const std::string& name) {
  const Blueprint blueprint = name.empty() ? recognise(state, who) : find(name, state);
  StoredParameters parameters(state, who, blueprint.title);
  Graph graph = blueprint.build(parameters, input_of(blueprint, input, who));
  parameters.finish(blueprint.belongs_elsewhere);
  return {blueprint.title, std::move(graph)};
}

BuiltIn random_architecture(const std::string& name, std::uint64_t seed, const std::optional<Shape>& input) {
  const Blueprint blueprint = find(name, {});
  RandomParameters parameters(seed);
  return {blueprint.title, blueprint.build(parameters, input_of(blueprint, input, blueprint.title))};
}

}  // namespace zsq
