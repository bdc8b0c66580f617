#include "quantize/judge.h"

#include <gtest/gtest.h>
#include <torch/types.h>

namespace zsq::quantize {
namespace {

TEST(Judge, CallsWorseOnlyWhatIsWorseBeyondChance) {
  const auto errors = torch::tensor({1.0, 2.0, 3.0, 4.0}, torch::kFloat64);
  const auto verdict = [](const torch::Tensor& e) { return Verdict{{e}, 0}; };
  EXPECT_FALSE(is_worse(verdict(errors), verdict(errors), 0));
  EXPECT_TRUE(is_worse(verdict(errors), verdict(errors * 1.2), 0));
  EXPECT_FALSE(is_worse(verdict(errors), verdict(errors * 1.2), 1));  // 1 dB is 1.26
  const auto mixed = torch::tensor({-0.5, 1.0, -1.0, 1.0}, torch::kFloat64);
  EXPECT_FALSE(is_worse(verdict(errors), verdict(errors + mixed), 0));  // on the whole, but not beyond chance
  EXPECT_TRUE(is_worse(verdict(errors.slice(0, 0, 1)), verdict(errors.slice(0, 0, 1) + 0.01), 0));
  // Of several outputs none may get worse.
  EXPECT_TRUE(is_worse({{errors, errors}, 0}, {{errors * 0.1, errors * 1.2}, 0}, 0));
}

}  // namespace
}  // namespace zsq::quantize
