#pragma once

#include <gtest/gtest.h>
#include <torch/types.h>

#include "graph/check.h"
#include "graph/torch/executor.h"
#include "graph/torch/torchscript.h"

/// Small modules in TorchScript's own language, for the importer's tests.
namespace zsq::tests {

using torch::Tensor;
using torch::jit::Module;

/// A module with parameters of these shapes, w0, w1, ..., and that forward.
inline Module module_of(const std::string& body,
                        const std::vector<std::vector<std::int64_t>>& parameters = {}) {
  at::manual_seed(7);
  Module module("m");
  for (std::size_t i = 0; i < parameters.size(); ++i)
    module.register_parameter(std::string("w").append(std::to_string(i)), torch::randn(parameters[i]), false);
  module.define("def forward(self, x):\n" + body);
  return module;
}

inline Graph imported(const Module& module, const Shape& image) {
  return import_torchscript(module, {.input = image}).graph;
}

inline void expect_same(Module module, const Shape& image) {
  const TorchExecutor executor(imported(module, image));
  module.eval();
  for (const std::int64_t batch : {1, 2, 5}) {
    const Tensor x = torch::randn({batch, image.c, image.h, image.w}) * 3;
    const Tensor wanted = module.forward({x.clone()}).toTensor();
    const Tensor got = executor.run(x);
    ASSERT_EQ(got.numel(), wanted.numel());
    EXPECT_LE((got.reshape(wanted.sizes()) - wanted).abs().max().item<float>(),
              1e-5F * std::max(1.0F, wanted.abs().max().item<float>()))
        << "batch " << batch;
  }
}

}  // namespace zsq::tests
