#include <gtest/gtest.h>
#include <torch/types.h>

#include "scripted_module.h"

/// What the importer does beyond single operators.
namespace zsq::tests {
namespace {

TEST(Import, NamesTheParameterThatIsNotFinite) {
  Module module = module_of("  return torch.conv2d(x, self.w0, None)\n", {{6, 4, 3, 3}});
  module.attr("w0").toTensor().flatten()[5] = std::numeric_limits<float>::quiet_NaN();
  try {
    imported(module, {1, 4, 9, 7});
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.fault(), Fault::model);
    EXPECT_EQ(std::string(e.what()).find("w0"), 0U) << e.what();
  }
}

TEST(Import, CallsLayersAfterTheirModules) {
  Module conv("Conv"), block("Block"), net("Net");
  conv.register_parameter("weight", torch::randn({3, 3, 1, 1}), false);
  conv.define("def forward(self, x):\n  return torch.conv2d(x, self.weight)\n");
  block.register_module("conv", conv);
  block.define(
      "def forward(self, x):\n  y = torch.relu(self.conv.forward(x))\n  return torch.relu(y + "
      "self.conv.forward(y))\n");
  net.register_module("stage", block);
  net.define("def forward(self, x):\n  return self.stage.forward(x)\n");
  std::vector<std::string> names;
  const Graph graph = imported(net, {1, 3, 4, 4});
  for (const Node& node : graph.nodes()) names.push_back(node.name);
  EXPECT_EQ(names, (std::vector<std::string>{"input", "stage.conv", "stage.relu", "stage.conv_1", "stage.add",
                                             "stage.relu_1"}));
}

TEST(Import, DropsWhatTheOutputDoesNotNeed) {
  const Graph g =
      imported(module_of("  y = torch.relu(x)\n  z = torch.sigmoid(x)\n  return y\n"), {1, 3, 4, 4});
  EXPECT_EQ(g.nodes().size(), 2U);
}

TEST(Import, KeepsPaddingThatHasTwoReaders) {
  const Graph g = imported(module_of("  y = torch.constant_pad_nd(x, [1, 1, 1, 1], 0)\n  return "
                                     "torch.conv2d(y, self.w0) + torch.max_pool2d(y, 3, 1)\n",
                                     {{3, 3, 3, 3}}),
                           {1, 3, 4, 4});
  EXPECT_TRUE(std::holds_alternative<Pad>(g.nodes()[1].op));
}

TEST(Import, AsksForTheInputSize) {
  try {
    import_torchscript(module_of("  return torch.relu(x)\n"), {});
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.fault(), Fault::usage);
    EXPECT_NE(std::string(e.what()).find("--input"), std::string::npos);
  }
}

/// What attention makes of n places is n * n values: 10 GB at 224 x 224.
TEST(Import, TriesSizesWithinBounds) {
  const auto attention = [](const std::string& rows) {
    return "  z = torch.narrow(x, 2, 0, " + rows +
           ")\n  y = x.flatten(2)\n  return torch.matmul(torch.transpose(y, 1, 2), y).mean([1, 2]) + "
           "z.mean()\n";
  };
  const auto refusal = [](const std::string& body) -> std::string {
    try {
      import_torchscript(module_of(body), {});
    } catch (const Error& e) {
      EXPECT_EQ(e.fault(), Fault::usage) << e.what();
      return e.what();
    }
    return "imported";
  };
  const std::string any = refusal(attention("1"));
  EXPECT_NE(any.find("runs at any image size"), std::string::npos) << any;
  const std::string large = refusal(attention("100"));
  EXPECT_NE(large.find("to try 3x224x224 takes more than 1 GiB; give it as --input"), std::string::npos)
      << large;
}

TEST(Import, FindsTheOnlySizeThatFits) {
  const Graph g =
      import_torchscript(module_of("  return torch.linear(torch.flatten(x, 1), self.w0)\n", {{2, 784}}), {})
          .graph;
  EXPECT_EQ(g.input_shape(), (Shape{1, 1, 28, 28}));
}

/// What a module returns, and what becomes of it.
TEST(Import, TuplesListsAndDictionariesAreSeveralOutputs) {
  const struct {
    std::string returned;
    std::vector<std::string> names;
  } all[] = {{"(y, z)", {"", ""}},
             {"[y, z]", {"", ""}},
             {"{'large': y, 'small': z}", {"large", "small"}},
             {"(y, {'small': z})", {"", "small"}},
             {"(y, y, torch.zeros([3]), z)", {"", ""}}};
  for (const auto& c : all) {
    SCOPED_TRACE(c.returned);
    const Imported i = import_torchscript(
        module_of("  y = torch.relu(x)\n  z = torch.mean(y, [2, 3])\n  return " + c.returned + "\n"),
        {.input = Shape{1, 3, 4, 4}});
    ASSERT_EQ(i.graph.outputs().size(), 2U);
    EXPECT_EQ(i.output_names, c.names);
    EXPECT_EQ(i.warnings.size(), c.returned.size() > 25 ? 2U : 0U) << "one is the same, one constant";
    const Tensor x = torch::randn({2, 3, 4, 4});
    const auto out = TorchExecutor(i.graph).run_all(x);
    EXPECT_TRUE(out[0].equal(x.relu()));
    EXPECT_TRUE(out[1].allclose(x.relu().mean({2, 3})));
  }
}

TEST(Import, TakesADenseOutput) {
  expect_same(module_of("  return torch.conv2d(x, self.w0, None)\n", {{6, 3, 1, 1}}), {1, 3, 5, 4});
}

TEST(Import, WarnsOfTrainingMode) {
  EXPECT_EQ(
      import_torchscript(module_of("  return torch.dropout(x, 0.5, True)\n"), {.input = Shape{1, 3, 4, 4}})
          .warnings.size(),
      1U);
}

TEST(Import, TakesABakedInBatchOfOne) {
  const Imported i =
      import_torchscript(module_of("  return torch.linear(x.view([1, 48]), self.w0)\n", {{5, 48}}),
                         {.input = Shape{1, 3, 4, 4}});
  EXPECT_EQ(i.warnings.size(), 1U);
  EXPECT_EQ(TorchExecutor(i.graph).run(torch::randn({3, 3, 4, 4})).sizes(),
            (std::vector<std::int64_t>{3, 5}));
}

TEST(Import, ConvertsDoubleWeights) {
  Module module = module_of("  return torch.conv2d(x, self.w0, None)\n", {{6, 4, 3, 3}});
  module.to(torch::kDouble);
  EXPECT_NO_THROW(imported(module, {1, 4, 9, 7}));
}

}  // namespace
}  // namespace zsq::tests
