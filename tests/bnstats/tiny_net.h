#pragma once

#include <ATen/CPUGeneratorImpl.h>
#include <torch/types.h>

#include "graph/graph.h"

namespace zsq {

inline std::vector<float> filled(std::int64_t n, float value) {
  return std::vector<float>(static_cast<std::size_t>(n), value);
}

inline Array random_weight(Shape shape, torch::Generator& generator) {
  const auto w = torch::randn({shape.n, shape.c, shape.h, shape.w}, generator) * 0.3;
  return {shape, {w.data_ptr<float>(), w.data_ptr<float>() + w.numel()}};
}

/// 3 x 16 x 16: conv, batch norm, relu6; strided conv, batch norm, residual add; pool, 5 logits.
/// Channel 1 of the second batch norm is dead.
inline Graph tiny_net() {
  auto generator = at::make_generator<at::CPUGeneratorImpl>(3);
  Graph g;
  const Window window{{3, 3}, {1, 1}, {1, 1}, {1, 1, 1, 1}};
  const auto x = g.add("input", Input{{1, 3, 16, 16}});
  const auto c1 = g.add("conv1", Conv2d{random_weight({9, 3, 3, 3}, generator), {}, window, 1}, {x});
  const auto b1 =
      g.add("bn1", BatchNorm2d{filled(9, 1), filled(9, 0.2F), filled(9, 0.5F), filled(9, 2.0F), 1e-5F}, {c1});
  const auto r1 = g.add("relu1", Clamp{0, 6}, {b1});
  const auto c2 = g.add("conv2", Conv2d{random_weight({9, 9, 3, 3}, generator), {}, window, 1}, {r1});
  BatchNorm2d second{filled(9, 1), filled(9, 0), filled(9, 0.1F), filled(9, 1.0F), 1e-5F};
  second.variance[1] = 0;
  const auto b2 = g.add("bn2", second, {c2});
  const auto sum = g.add("add", Add{}, {r1, b2});
  const auto pool = g.add("pool", GlobalAvgPool{}, {sum});
  g.add("fc", Linear{random_weight({5, 9, 1, 1}, generator), {}}, {pool});
  return g;
}

}  // namespace zsq
