#include <map>

#include <gtest/gtest.h>

#include "graph/architectures/architecture.h"
#include "graph/check.h"
#include "graph/fingerprint.h"

namespace zsq {
namespace {

void put(StateDict& state, const std::string& name, std::vector<std::int64_t> dims,
         const std::vector<float>& values) {
  state[name] = {std::move(dims), values};
}

/// The state dict that a framework would save of a network whose nodes have its modules' names.
StateDict state_of(const Graph& graph) {
  StateDict state;
  for (const Node& node : graph.nodes()) {
    const auto vector = [&](const char* part, const std::vector<float>& values) {
      if (!values.empty()) put(state, node.name + part, {std::ssize(values)}, values);
    };
    if (const auto* conv = std::get_if<Conv2d>(&node.op)) {
      const Shape& s = conv->weight.shape;
      put(state, node.name + ".weight", {s.n, s.c, s.h, s.w}, conv->weight.values);
    } else if (const auto* linear = std::get_if<Linear>(&node.op)) {
      put(state, node.name + ".weight", {linear->weight.shape.n, linear->weight.shape.c},
          linear->weight.values);
      vector(".bias", linear->bias);
    } else if (const auto* norm = std::get_if<BatchNorm2d>(&node.op)) {
      vector(".weight", norm->gamma);
      vector(".bias", norm->beta);
      vector(".running_mean", norm->mean);
      vector(".running_var", norm->variance);
      put(state, node.name + ".num_batches_tracked", {}, {7});
    }
  }
  return state;
}

class Architectures : public testing::TestWithParam<std::string> {};

/// As published, without what is for training only.
TEST_P(Architectures, HaveAsManyParametersAsPublished) {
  const std::map<std::string, std::int64_t> published{
      {"resnet20", 269722},       {"resnet32", 464154},           {"resnet44", 658586},
      {"resnet56", 853018},       {"resnet110", 1727962},         {"resnet18", 11689512},
      {"resnet34", 21797672},     {"resnet50", 25557032},         {"resnet101", 44549160},
      {"resnet152", 60192808},    {"mobilenet_v1", 4231976},      {"mobilenet_v2", 3504872},
      {"inception_v3", 23834568}, {"efficientnet_lite0", 4652008}};
  EXPECT_EQ(parameter_count(random_architecture(GetParam(), 0).graph), published.at(GetParam()));
}

TEST_P(Architectures, AreRecognisedByTheirStateDict) {
  const BuiltIn made = random_architecture(GetParam(), 1);
  StateDict state = state_of(made.graph);
  const BuiltIn found = build_architecture(state, {}, "x");
  EXPECT_EQ(found.name, made.name);
  ASSERT_EQ(found.graph.nodes().size(), made.graph.nodes().size());
  for (std::size_t i = 0; i < made.graph.nodes().size(); ++i)
    EXPECT_TRUE(found.graph.nodes()[i].op == made.graph.nodes()[i].op) << made.graph.nodes()[i].name;
  state.erase(state.begin());
  EXPECT_THROW(build_architecture(state, {}, "x", GetParam()), Error);
}

INSTANTIATE_TEST_SUITE_P(All, Architectures, testing::ValuesIn(architecture_names()),
                         [](const auto& name) { return name.param; });

TEST(Architecture, IsDrawnFromTheSeedAlone) {
  const auto hash = [&](std::uint64_t seed) {
    return weights_sha256(random_architecture("resnet20", seed).graph);
  };
  EXPECT_EQ(hash(3), "75bf4ece15c85573de649d124b0aec3ac616e64482593e8e087e24e42e5bec5b");
  EXPECT_NE(hash(3), hash(4));
}

TEST(Architecture, TakesOtherInputsAndNoOtherChannels) {
  EXPECT_EQ(random_architecture("resnet18", 0, Shape{1, 3, 64, 96}).graph.input_shape(),
            (Shape{1, 3, 64, 96}));
  EXPECT_THROW(random_architecture("resnet18", 0, Shape{1, 1, 64, 64}), Error);
}

TEST(Architecture, KeepsAStateDictsClassesAndIgnoresWhatOnlyTrainingNeeds) {
  StateDict state = state_of(random_architecture("inception_v3", 0).graph);
  put(state, "AuxLogits.fc.bias", {2}, {1, 2});
  EXPECT_NO_THROW(build_architecture(state, {}, "x"));
  state = state_of(random_architecture("mobilenet_v2", 0).graph);
  put(state, "classifier.1.weight", {7, 1280}, std::vector<float>(7 * 1280));
  put(state, "classifier.1.bias", {7}, std::vector<float>(7));
  EXPECT_EQ(classes(build_architecture(state, {}, "x", "mobilenet_v2").graph), 7);
}

TEST(Architecture, SaysWhichNamesThereAre) {
  try {
    random_architecture("resnet51", 0);
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.fault(), Fault::usage);
    EXPECT_NE(std::string(e.what()).find("'resnet51'; there are resnet20"), std::string::npos) << e.what();
  }
}

TEST(Architecture, RefusesOutputsOutOfRange) {
  StateDict state = state_of(random_architecture("resnet18", 0).graph);
  state["fc.weight"].dims = {std::int64_t{1} << 40, 512};
  EXPECT_THROW(build_architecture(state, {}, "x"), Error);
}

}  // namespace
}  // namespace zsq
