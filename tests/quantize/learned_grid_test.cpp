#include "quantize/learned/learned_grid.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include "quantize/simulate.h"

namespace zsq::quantize {
namespace {

using torch::Tensor;

constexpr QParams kGrid{.scale = 0.3, .zero_point = -3, .bits = 4};

/// The same by composed operations: what autograd makes of them is the gradient that was wanted.
Tensor composed(const Tensor& x, const Tensor& scale, const QParams& grid) {
  const Tensor v = x / scale;
  const Tensor rounded = v + ((v + 0.5).floor() - v).detach();
  return rounded.clamp(grid.lowest() - grid.zero_point, grid.highest() - grid.zero_point) * scale;
}

TEST(LearnedGrid, IsTheGridWithTheGradientsOfTheComposedForm) {
  torch::manual_seed(1);
  for (const auto format : {torch::MemoryFormat::Contiguous, torch::MemoryFormat::ChannelsLast}) {
    const Tensor values = (torch::randn({3, 5, 7, 6}) * 2).contiguous(format);
    const Tensor weight = torch::randn({3, 5, 7, 6});
    Tensor x = values.clone().requires_grad_(), y = values.clone().requires_grad_();
    Tensor s = torch::full({1}, 0.3F).requires_grad_(), t = torch::full({1}, 0.3F).requires_grad_();
    const Tensor fused = on_learned_grid(x, s, kGrid, {}), wanted = composed(y, t, kGrid);
    EXPECT_TRUE(fused.allclose(wanted, 0, 1e-6));
    EXPECT_TRUE(fused.allclose(on_grid(values, kGrid), 0, 1e-5));
    (fused * weight).sum().backward();
    (wanted * weight).sum().backward();
    EXPECT_TRUE(x.grad().allclose(y.grad(), 0, 1e-6));
    EXPECT_TRUE(s.grad().allclose(t.grad(), 1e-4, 1e-3)) << s.grad() << t.grad();
  }
}

TEST(LearnedGrid, LeavesOffAShareOfTheValues) {
  torch::manual_seed(2);
  const Tensor values = torch::rand({4, 8, 16, 16}) + 0.01;
  Tensor x = values.clone().requires_grad_(), s = torch::full({1}, 0.3F).requires_grad_();
  const Tensor out = on_learned_grid(x, s, kGrid, {.share = 0.25, .seed = 9});
  const double share = out.eq(values).to(torch::kFloat32).mean().item<double>();
  EXPECT_NEAR(share, 0.25, 0.02);
  EXPECT_FALSE(out.equal(on_learned_grid(x, s, kGrid, {.share = 0.25, .seed = 10})));
  EXPECT_TRUE(out.equal(on_learned_grid(x, s, kGrid, {.share = 0.25, .seed = 9})));
  EXPECT_TRUE(on_learned_grid(x, s, kGrid, {.share = 1}).equal(values));
}

TEST(LearnedGrid, MixesTwoTensorsByShare) {
  const Tensor one = torch::ones({2, 3, 32, 32}), other = torch::zeros({2, 3, 32, 32});
  EXPECT_TRUE(mixed(one, other, {}).equal(one));
  EXPECT_NEAR(mixed(one, other, {.share = 0.4, .seed = 3}).mean().item<double>(), 0.6, 0.03);
}

}  // namespace
}  // namespace zsq::quantize
