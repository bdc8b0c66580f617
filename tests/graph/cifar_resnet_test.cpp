#include "graph/architectures/cifar_resnet.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include <gtest/gtest.h>

#include "graph/architectures/architecture.h"
#include "graph/check.h"

namespace zsq {
namespace {

void put(StateDict& state, const std::string& name, std::vector<std::int64_t> dims) {
  const auto count = std::accumulate(dims.begin(), dims.end(), std::int64_t{1}, std::multiplies<>());
  state[name] = {std::move(dims), std::vector<float>(static_cast<std::size_t>(count), 0.5F)};
}

void put_norm(StateDict& state, const std::string& name, std::int64_t channels) {
  for (const char* part : {".weight", ".bias", ".running_mean", ".running_var"})
    put(state, name + part, {channels});
  put(state, name + ".num_batches_tracked", {});
}

enum class Shortcut { slice, convolution };

/// A network of that many blocks a stage and four channels in the first.
StateDict resnet(int blocks, Shortcut shortcut, const std::string& classifier = "linear") {
  StateDict state;
  put(state, "conv1.weight", {4, 3, 3, 3});
  put_norm(state, "bn1", 4);
  std::int64_t in = 4;
  for (int stage = 1; stage <= 3; ++stage)
    for (int i = 0; i < blocks; ++i) {
      const std::string name =
          std::string("layer").append(std::to_string(stage)).append(".").append(std::to_string(i));
      const std::int64_t out = 4 << (stage - 1);
      put(state, name + ".conv1.weight", {out, in, 3, 3});
      put_norm(state, name + ".bn1", out);
      put(state, name + ".conv2.weight", {out, out, 3, 3});
      put_norm(state, name + ".bn2", out);
      if (in != out && shortcut == Shortcut::convolution) {
        put(state, name + ".shortcut.0.weight", {out, in, 1, 1});
        put_norm(state, name + ".shortcut.1", out);
      }
      in = out;
    }
  put(state, classifier + ".weight", {7, in});
  put(state, classifier + ".bias", {7});
  return state;
}

std::string complaint(const StateDict& state) {
  try {
    build_architecture(state, {}, "x.pth");
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

TEST(CifarResnet, IsNamedByItsDepth) {
  EXPECT_EQ(build_architecture(resnet(3, Shortcut::slice), {}, "x").name, "ResNet-20");
  EXPECT_EQ(build_architecture(resnet(18, Shortcut::convolution), {}, "x").name, "ResNet-110");
}

TEST(CifarResnet, BuildsBothShortcuts) {
  const Graph a = build_architecture(resnet(1, Shortcut::slice), Shape{1, 3, 31, 33}, "x").graph;
  const Graph b = build_architecture(resnet(1, Shortcut::convolution, "fc"), Shape{1, 3, 31, 33}, "x").graph;
  EXPECT_EQ(a[a.outputs().front()].shape, (Shape{1, 7, 1, 1}));
  EXPECT_EQ(b[b.outputs().front()].name, "fc");
  const auto count = [](const Graph& g, auto is) { return std::ranges::count_if(g.nodes(), is); };
  const auto is_slice = [](const Node& n) { return std::holds_alternative<Slice>(n.op); };
  EXPECT_EQ(count(a, is_slice), 2);
  EXPECT_EQ(count(b, is_slice), 0);
  EXPECT_GT(parameter_count(b), parameter_count(a));
}

TEST(CifarResnet, SaysWhatIsMissingAndWhatWasMeant) {
  StateDict state = resnet(1, Shortcut::slice);
  auto node = state.extract("layer2.0.bn2.weight");
  node.key() = "layer2.0.bn2.weihgt";
  state.insert(std::move(node));
  const std::string said = complaint(state);
  EXPECT_NE(said.find("'layer2.0.bn2.weight' is missing (did you mean 'layer2.0.bn2.weihgt'?)"),
            std::string::npos)
      << said;
}

TEST(CifarResnet, RefusesWrongShapesLeftoversAndNan) {
  StateDict state = resnet(1, Shortcut::slice);
  put(state, "layer1.0.bn1.bias", {5});
  EXPECT_NE(complaint(state).find("'layer1.0.bn1.bias' is 5, not 4"), std::string::npos) << complaint(state);
  state = resnet(1, Shortcut::slice);
  put(state, "extra.weight", {1});
  EXPECT_NE(complaint(state).find("'extra.weight' belongs to no layer"), std::string::npos)
      << complaint(state);
  state = resnet(1, Shortcut::slice);
  state["bn1.running_var"].values[2] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(complaint(state).find("bn1.running_var holds nan"), 0U) << complaint(state);
}

TEST(CifarResnet, SaysThatTheInputDoesNotFit) {
  try {
    build_architecture(resnet(1, Shortcut::slice), Shape{1, 5, 32, 32}, "x.pth");
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.fault(), Fault::model);
    EXPECT_NE(std::string(e.what()).find("--input"), std::string::npos) << e.what();
  }
}

/// A small file whose names promise a network of 10 GB.
TEST(CifarResnet, MakesUpNoMoreThanAFewParameters) {
  StateDict state;
  put(state, "conv1.weight", {4096, 3, 3, 3});
  for (int stage = 1; stage <= 3; ++stage)
    for (int i = 0; i < 3; ++i)
      put(state,
          std::string("layer").append(std::to_string(stage)).append(".").append(std::to_string(i)) +
              ".conv1.weight",
          {1});
  EXPECT_NE(complaint(state).find("holds far too little"), std::string::npos) << complaint(state);
}

TEST(CifarResnet, OtherNetworksAreNotSupported) {
  StateDict state;
  put(state, "features.0.weight", {4, 3, 3, 3});
  try {
    build_architecture(state, {}, "x.pth");
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.fault(), Fault::unsupported);
  }
  put(state, "conv1.weight", {});
  EXPECT_FALSE(cifar_resnets().recognise(state).has_value());
}

}  // namespace
}  // namespace zsq
