#include <gtest/gtest.h>
#include <torch/types.h>

#include "scripted_module.h"

/// What cannot be imported is refused by name, in one sentence.
namespace zsq::tests {
namespace {

auto named = [](const auto& c) { return c.param.name; };

/// What is refused, and a word of its sentence.
struct Refusal {
  std::string name, body, word;
  Shape image{1, 4, 9, 7};
  std::vector<std::vector<std::int64_t>> parameters = {};
  Fault fault = Fault::unsupported;
};

class Refused : public testing::TestWithParam<Refusal> {};

TEST_P(Refused, ByName) {
  const Refusal& r = GetParam();
  try {
    imported(module_of(r.body, r.parameters), r.image);
    FAIL() << "was imported";
  } catch (const Error& e) {
    EXPECT_EQ(e.fault(), r.fault) << e.what();
    EXPECT_NE(std::string(e.what()).find(r.word), std::string::npos) << e.what();
    EXPECT_EQ(std::string(e.what()).find('\n'), std::string::npos) << e.what();
  }
}

INSTANTIATE_TEST_SUITE_P(
    Operators, Refused,
    testing::Values(
        Refusal{"prelu", "  return torch.prelu(x, self.w0)\n", "prelu", {1, 4, 9, 7}, {{4}}},
        Refusal{"aligned_corners", "  return torch.upsample_bilinear2d(x, [18, 14], True)\n",
                "aligns corners"},
        Refusal{"upsample_by_half", "  return torch.upsample_nearest2d(x, [13, 14])\n", "whole factors"},
        Refusal{"upsample_by_scale", "  return torch.upsample_nearest2d(x, None, [2.05, 2.0])\n",
                "not whole factors"},
        Refusal{"conv1d",
                "  return torch.conv1d(torch.flatten(x, 2), self.w0)\n",
                "conv1d",
                {1, 4, 9, 7},
                {{4, 4, 2}}},
        Refusal{"conv3d",
                "  return torch.conv3d(x.unsqueeze(1), self.w0)\n",
                "conv3d",
                {1, 4, 9, 7},
                {{4, 1, 2, 2, 2}}},
        Refusal{"layer_norm", "  return torch.layer_norm(x, [7])\n", "layer_norm"},
        Refusal{"attention", "  y = torch.flatten(x, 2)\n  return torch.matmul(y, y.transpose(1, 2))\n",
                "matmul"},
        Refusal{"uneven_adaptive", "  return torch.adaptive_avg_pool2d(x, [2, 7])\n", "adaptive_avg_pool2d"},
        Refusal{"transposed_image", "  return torch.relu(x.transpose(2, 3))\n", "transpose"},
        Refusal{"mixed_batch", "  return torch.relu(x.flip([0]))\n", "batch"},
        Refusal{"reflected", "  return torch.pad(x, [1, 1, 1, 1], 'reflect')\n", "reflect"},
        Refusal{"negative_padding", "  return torch.constant_pad_nd(x, [-1, 0], 0)\n", "-1"},
        Refusal{"data_dependent", "  if bool(x.sum() > 0):\n    return torch.relu(x)\n  return x\n", "sum"},
        Refusal{"argmax", "  return torch.argmax(torch.flatten(x, 1), 1)\n", "argmax"},
        Refusal{"half", "  return torch.to(x, 5)\n", "float32"},
        Refusal{"no_statistics",
                "  return torch.batch_norm(x, None, None, None, None, True, 0.1, 0.001, True)\n",
                "track_running_stats",
                {1, 4, 9, 7},
                {}},
        Refusal{"write_through_view",
                "  y = torch.relu(x)\n  z = y[:, 1:2]\n  torch.relu6_(z)\n  z.add_(1.0)\n  return y\n",
                "view"},
        Refusal{"constant_output",
                "  return torch.zeros([3])\n",
                "does not depend",
                {1, 4, 9, 7},
                {},
                Fault::model},
        Refusal{"own_complaint",
                "  assert x.size(2) == 5, 'only 5x5'\n  return x\n",
                "refuses",
                {1, 4, 9, 7},
                {},
                Fault::model},
        Refusal{"wrong_size",
                "  return torch.linear(torch.flatten(x, 1), self.w0)\n",
                "linear",
                {1, 4, 9, 7},
                {{3, 5}},
                Fault::model}),
    named);

}  // namespace
}  // namespace zsq::tests
