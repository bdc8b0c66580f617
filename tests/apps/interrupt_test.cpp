#include "apps/interrupt.h"

#include <csignal>
#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>
#include <torch/csrc/jit/api/module.h>
#include <unistd.h>

#include "apps/failure.h"
#include "apps/model_source.h"

namespace zsq::apps {
namespace {

namespace fs = std::filesystem;

/// What main does with a model when Ctrl-C is pressed, in a process of its own.
[[noreturn]] void open_with_ctrl_c(const fs::path& model) {
  catch_interrupts();
  std::raise(SIGINT);
  try {
    open_model(model, Arguments({{"input", "3x8x8"}}, {}, {}));
  } catch (...) {
    std::_Exit(failure_of(std::current_exception()).code);
  }
  std::_Exit(0);
}

TEST(Interrupt, EndsAnImport) {
  const fs::path model = fs::temp_directory_path() / ("zsq_interrupt_" + std::to_string(::getpid()) + ".pt");
  torch::jit::Module module("m");
  module.define("def forward(self, x):\n  while True:\n    pass\n  return torch.relu(x)\n");
  module.save(model.string());
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  EXPECT_EXIT(open_with_ctrl_c(model), testing::ExitedWithCode(130), "");
  fs::remove(model);
}

TEST(Interrupt, IsRemembered) {
  EXPECT_FALSE(is_interrupted());
  EXPECT_NO_THROW(stop_if_interrupted());
}

}  // namespace
}  // namespace zsq::apps
