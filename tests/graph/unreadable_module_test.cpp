#include <gtest/gtest.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/types.h>

#include "graph/check.h"
#include "graph/torch/torchscript.h"
#include "graph/unsupported.h"

/// What is said of a module that cannot be read, and of ones that only look so.
namespace zsq {
namespace {

using torch::jit::Module;

Module module_of(const std::string& body, const std::vector<std::vector<std::int64_t>>& parameters = {}) {
  Module module("m");
  for (std::size_t i = 0; i < parameters.size(); ++i)
    module.register_parameter(std::string("w").append(std::to_string(i)), torch::ones(parameters[i]), false);
  module.define("def forward(self, x):\n" + body);
  return module;
}

std::vector<std::string> unsupported_in(const std::string& body) {
  std::vector<std::string> ops;
  try {
    import_torchscript(module_of(body, {{4}}), {.input = Shape{1, 4, 6, 5}});
  } catch (const UnsupportedError& e) {
    EXPECT_EQ(e.fault(), Fault::unsupported);
    for (const Unsupported& u : e.all()) {
      ops.push_back(u.name + ":" + u.op);
      EXPECT_NE(u.reason.find(u.op), std::string::npos) << u.reason;
      EXPECT_EQ(u.reason.find('\n'), std::string::npos) << u.reason;
    }
    EXPECT_EQ(std::string(e.what()).find(e.all().front().reason), 0U) << e.what();
    const std::string more = std::to_string(e.all().size() - 1) + " more";
    EXPECT_EQ(std::string(e.what()).find(more) != std::string::npos, e.all().size() > 1) << e.what();
  }
  return ops;
}

using Names = std::vector<std::string>;

TEST(UnreadableModule, NamesEveryOperatorThatIsNotSupported) {
  EXPECT_EQ(unsupported_in("  y = torch.relu(torch.prelu(x, self.w0))\n  z = torch.cumsum(y, 1) + y\n  "
                           "return torch.erf(torch.relu(z))\n"),
            (Names{"prelu:prelu", "cumsum:cumsum", "erf:erf"}));
  EXPECT_EQ(unsupported_in("  return torch.prelu(x, self.w0)\n"), (Names{"prelu:prelu"}));
}

/// One whose arguments are at fault, in both branches of a sum, and one that is written in place.
TEST(UnreadableModule, GoesOnAfterArgumentsThatAreNotSupported) {
  EXPECT_EQ(unsupported_in("  a = torch.pad(x, [1, 1, 1, 1], 'reflect')\n  b = torch.pad(x, [1, 1, 1, 1], "
                           "'replicate')\n  c = a + b\n  c.erf_()\n  return torch.mean(c, [2, 3])\n"),
            (Names{"pad:pad", "pad:pad", "erf:erf"}));
}

TEST(UnreadableModule, DoesNotListWhatNeedsNoImage) {
  EXPECT_EQ(unsupported_in("  y = torch.erf(self.w0)\n  return torch.prelu(x, y)\n"), (Names{"prelu:prelu"}));
}

void expect_refused(const Module& module, const Shape& input, Fault fault, const std::string& part) {
  try {
    import_torchscript(module, {.input = input});
    ADD_FAILURE() << "was imported";
  } catch (const Error& e) {
    const std::string said = e.what();
    EXPECT_EQ(e.fault(), fault) << said;
    EXPECT_NE(said.find(part), std::string::npos) << said;
    EXPECT_NE(said.find("--input"), std::string::npos) << said;
    EXPECT_EQ(said.find('\n'), std::string::npos) << said;
  }
}

TEST(UnreadableModule, SaysThatTheInputDoesNotFit) {
  const Module conv = module_of("  return torch.conv2d(x, self.w0)\n", {{2, 3, 3, 3}});
  expect_refused(conv, {1, 5, 8, 8}, Fault::model, "does not run on an input of 5x8x8: aten::conv2d");
  expect_refused(conv, {1, 3, 2, 2}, Fault::model, "does not run on an input of 3x2x2: aten::conv2d");
  expect_refused(module_of("  assert x.size(2) == 5, 'only 5x5'\n  return x\n"), {1, 3, 8, 8}, Fault::model,
                 "only 5x5");
}

TEST(UnreadableModule, SaysThatThereIsNotEnoughMemory) {
  expect_refused(module_of("  return x + torch.zeros([1125899906842624])\n"), {1, 3, 8, 8}, Fault::device,
                 "memory");
}

/// Methods that call methods, whatever a program has set in LibTorch before.
TEST(UnreadableModule, IsNotOneOfNestedModulesWithoutOptimisation) {
  Module inner("Inner"), middle("Middle"), outer("Outer"), net("Net");
  inner.register_parameter("weight", torch::ones({3, 3, 1, 1}), false);
  inner.define("def forward(self, x):\n  return torch.conv2d(x, self.weight)\n");
  middle.register_module("inner", inner);
  middle.define("def forward(self, x):\n  return torch.relu(self.inner.forward(x))\n");
  outer.register_module("middle", middle);
  outer.define("def forward(self, x):\n  return self.middle.forward(x)\n");
  net.register_module("outer", outer);
  net.define("def forward(self, x):\n  return self.outer.forward(x)\n");
  const torch::jit::GraphOptimizerEnabledGuard off(false);
  const Graph graph = import_torchscript(net, {.input = Shape{1, 3, 4, 4}}).graph;
  ASSERT_EQ(graph.nodes().size(), 3U);
  EXPECT_EQ(graph.nodes()[1].name, "outer.middle.inner");
  EXPECT_FALSE(torch::jit::getGraphExecutorOptimize());
}

}  // namespace
}  // namespace zsq
