#include <gtest/gtest.h>
#include <torch/types.h>

#include "scripted_module.h"

/// Every operator that is imported gives what LibTorch gives, for any batch size.
namespace zsq::tests {
namespace {

struct Case {
  std::string name, body;
  Shape image{1, 4, 9, 7};
  std::vector<std::vector<std::int64_t>> parameters = {};
};

std::ostream& operator<<(std::ostream& out, const Case& c) { return out << c.name; }

class ImportedOp : public testing::TestWithParam<Case> {};

TEST_P(ImportedOp, EqualsLibTorch) {
  const Case& c = GetParam();
  expect_same(module_of(c.body, c.parameters), c.image);
}

auto named = [](const auto& c) { return c.param.name; };

const std::vector<std::vector<std::int64_t>> kConv{{6, 4, 3, 3}, {6}};

INSTANTIATE_TEST_SUITE_P(
    Convolutions, ImportedOp,
    testing::Values(
        Case{"plain",
             "  return torch.conv2d(x, self.w0, self.w1, [1, 1], [1, 1], [1, 1], 1)\n",
             {1, 4, 9, 7},
             kConv},
        Case{"without_bias", "  return torch.conv2d(x, self.w0, None, [2, 2])\n", {1, 4, 9, 7}, kConv},
        Case{"strided_dilated",
             "  return torch.conv2d(x, self.w0, self.w1, [2, 1], [2, 1], [1, 2], 1)\n",
             {1, 4, 9, 7},
             kConv},
        Case{"grouped",
             "  return torch.conv2d(x, self.w0, self.w1, [1, 1], [0, 1], [1, 1], 2)\n",
             {1, 8, 5, 6},
             kConv},
        Case{"depthwise",
             "  return torch.conv2d(x, self.w0, None, [2, 2], [1, 1], [1, 1], 6)\n",
             {1, 6, 5, 6},
             {{6, 1, 3, 3}}},
        Case{"same_even_kernel",
             "  return torch.conv2d(x, self.w0, None, [1, 1], 'same', [1, 1], 1)\n",
             {1, 4, 9, 7},
             {{5, 4, 2, 4}}},
        Case{"same_dilated",
             "  return torch.conv2d(x, self.w0, None, [1, 1], 'same', [2, 3], 1)\n",
             {1, 4, 9, 7},
             {{5, 4, 2, 4}}},
        Case{"valid",
             "  return torch.conv2d(x, self.w0, None, [2, 2], 'valid', [1, 1], 1)\n",
             {1, 4, 9, 7},
             kConv},
        Case{"traced_form",
             "  return torch._convolution(x, self.w0, self.w1, [2, 2], [1, 1], [1, 1], False, [0, 0], 1, "
             "False, False, True, True)\n",
             {1, 4, 9, 7},
             kConv},
        Case{"batch_norm",
             "  return torch.batch_norm(x, self.w0, self.w1, self.w2, self.w3 * self.w3, False, 0.1, 0.001, "
             "True)\n",
             {1, 4, 9, 7},
             {{4}, {4}, {4}, {4}}},
        Case{
            "batch_norm_without_affine",
            "  return torch.batch_norm(x, None, None, self.w0, self.w1 * self.w1, False, 0.1, 0.001, True)\n",
            {1, 4, 9, 7},
            {{4}, {4}}},
        Case{"linear",
             "  return torch.linear(torch.flatten(x, 1), self.w0, self.w1)\n",
             {1, 3, 2, 5},
             {{7, 30}, {7}}},
        Case{"addmm",
             "  return torch.addmm(self.w1, torch.flatten(x, 1), torch.t(self.w0))\n",
             {1, 3, 2, 5},
             {{7, 30}, {7}}},
        Case{"matmul",
             "  return torch.matmul(torch.flatten(x, 1), torch.t(self.w0)) + self.w1\n",
             {1, 3, 2, 5},
             {{7, 30}, {7}}},
        Case{"padded_before",
             "  x = torch.constant_pad_nd(x, [0, 1, 2, 3], 0)\n  return torch.conv2d(x, self.w0, None, [2, "
             "2], [1, 1])\n",
             {1, 4, 9, 7},
             kConv}),
    named);

INSTANTIATE_TEST_SUITE_P(
    Pointwise, ImportedOp,
    testing::Values(
        Case{"relu", "  return torch.relu(x)\n"},
        Case{"relu_in_place", "  x = x + 1.0\n  return torch.relu_(x) * 2.0\n"},
        Case{"relu6", "  return torch.relu6(x)\n"}, Case{"hardtanh", "  return torch.hardtanh(x, -0.5, 2)\n"},
        Case{"hardtanh_in_place", "  y = x * 1.5\n  z = torch.hardtanh_(y, 0., 6.)\n  return y + z\n"},
        Case{"clamp", "  return torch.clamp(x, -1.0, 1.5)\n"},
        Case{"clamp_min", "  return torch.clamp(x, min=-1.0)\n"},
        Case{"clamp_max", "  return torch.clamp(x, max=1.0)\n"},
        Case{"sigmoid", "  return torch.sigmoid(x)\n"},
        Case{"hardsigmoid", "  return torch.hardsigmoid(x)\n"}, Case{"silu", "  return torch.silu(x)\n"},
        Case{"hardswish", "  return torch.hardswish(x)\n"},
        Case{"leaky_relu", "  return torch.leaky_relu(x, 0.125)\n"},
        Case{"softmax", "  return torch.softmax(torch.flatten(x, 1), 1)\n"},
        Case{"log_softmax", "  return torch.log_softmax(torch.flatten(x, 1), 1)\n"},
        Case{"softmax_last", "  return torch.softmax(torch.mean(x, [2, 3]), -1)\n"},
        Case{"dropout", "  return torch.dropout(torch.detach(x).contiguous().clone(), 0.5, False)\n"},

        Case{"pad", "  return torch.pad(x, [1, 0, 0, 2, 3, 1], 'constant', 0.5)\n"},
        Case{"pad_rows", "  return torch.pad(x, [1, 0], 'constant')\n"}),
    named);

INSTANTIATE_TEST_SUITE_P(
    Arithmetic, ImportedOp,
    testing::Values(
        Case{"add", "  return x + torch.relu(x)\n"},
        Case{"add_scaled", "  return torch.add(x, torch.relu(x), alpha=2)\n"},
        Case{"add_in_place", "  y = torch.relu(x)\n  y += x\n  return torch.relu_(y)\n"},
        Case{"sub", "  return torch.relu(x) - x\n"}, Case{"rsub", "  return 1.0 - x\n"},
        Case{"neg", "  return -x\n"}, Case{"add_number", "  return x + 2.5\n"},
        Case{"mul_number", "  return 3.0 * x\n"}, Case{"div_number", "  return x / 4.0\n"},
        Case{"normalise", "  return (x - self.w0) / self.w1\n", {1, 4, 9, 7}, {{1, 4, 1, 1}, {4, 1, 1}}},
        Case{"features_offset", "  return torch.flatten(x, 1) * self.w0 + self.w0\n", {1, 2, 2, 3}, {{12}}},
        Case{"mul_same_shape", "  return x * torch.sigmoid(x)\n"},
        Case{"squeeze_excitation", "  return x * torch.sigmoid(torch.adaptive_avg_pool2d(x, [1, 1]))\n"},
        Case{"squeeze_excitation_turned", "  return torch.sigmoid(torch.mean(x, [2, 3], True)) * x\n"},
        Case{"squeeze_excitation_viewed",
             "  y = torch.sigmoid(torch.mean(x, [2, 3]))\n  return x * y.view([x.size(0), x.size(1), 1, "
             "1]).expand_as(x)\n"},
        Case{"cat", "  return torch.cat([x, torch.relu(x), x], 1)\n"},
        Case{"cat_negative_dim", "  return torch.cat([x, torch.relu(x)], -3)\n"},
        Case{"cat_features", "  y = torch.flatten(x, 1)\n  return torch.cat([y, torch.relu(y)], 1)\n"},
        Case{"cat_zeros",
             "  z = torch.zeros([x.size(0), 3, x.size(2), x.size(3)])\n  return torch.cat([z, x, z], 1)\n"},
        Case{"cat_zeros_like", "  return torch.cat([x, torch.zeros_like(x)], 1)\n"},
        Case{"cat_times_zero", "  return torch.cat((x, x.mul(0)), 1)\n"}),
    named);

INSTANTIATE_TEST_SUITE_P(
    Pooling, ImportedOp,
    testing::Values(
        Case{"max", "  return torch.max_pool2d(x, [3, 2], [2, 2], [1, 1], [1, 1], False)\n"},
        Case{"max_default_stride", "  return torch.max_pool2d(x, 2)\n"},
        Case{
            "max_ceil", "  return torch.max_pool2d(x, [3, 3], [2, 2], [0, 0], [1, 1], True)\n", {1, 4, 8, 6}},
        Case{"max_ceil_padded",
             "  return torch.max_pool2d(x, [3, 3], [2, 3], [1, 1], [1, 1], True)\n",
             {1, 4, 8, 6}},
        Case{"max_dilated", "  return torch.max_pool2d(x, [2, 2], [1, 2], [1, 1], [2, 3], False)\n"},
        Case{"avg", "  return torch.avg_pool2d(x, [3, 2], [2, 2])\n"},
        Case{"avg_included", "  return torch.avg_pool2d(x, [3, 3], [2, 2], [1, 1], False, True)\n"},
        Case{"avg_excluded", "  return torch.avg_pool2d(x, [3, 3], [2, 2], [1, 1], False, False)\n"},
        Case{"avg_ceil", "  return torch.avg_pool2d(x, [3, 3], [2, 2], [0, 0], True, True)\n", {1, 4, 8, 6}},
        Case{"avg_ceil_included",
             "  return torch.avg_pool2d(x, [3, 3], [2, 2], [1, 1], True, True)\n",
             {1, 4, 8, 6}},
        Case{"avg_ceil_excluded",
             "  return torch.avg_pool2d(x, [3, 3], [2, 2], [1, 1], True, False)\n",
             {1, 4, 8, 6}},
        Case{"avg_divisor", "  return torch.avg_pool2d(x, [3, 3], [2, 2], [1, 1], False, True, 5)\n"},
        Case{"avg_divisor_ceil",
             "  return torch.avg_pool2d(x, [3, 3], [2, 2], [1, 1], True, False, 5)\n",
             {1, 4, 8, 6}},
        Case{"adaptive_avg", "  return torch.adaptive_avg_pool2d(x, [3, 7])\n"},
        Case{"adaptive_avg_one", "  return torch.adaptive_avg_pool2d(x, [1, 1])\n"},
        Case{"adaptive_avg_same", "  return torch.relu(torch.adaptive_avg_pool2d(x, [9, 7]))\n"},
        Case{"adaptive_max", "  y, i = torch.adaptive_max_pool2d(x, [3, 1])\n  return y\n"},
        Case{"mean", "  return torch.mean(x, [2, 3])\n"},
        Case{"mean_negative", "  return torch.mean(x, [-1, -2], True)\n"},
        Case{"mean_twice", "  return torch.mean(torch.mean(x, [3]), [2])\n"},
        Case{"mean_rows", "  return torch.mean(x, [2], True)\n"},
        Case{"mean_of_view", "  return torch.mean(x.view([x.size(0), x.size(1), -1]), [2])\n"}),
    named);

INSTANTIATE_TEST_SUITE_P(
    Enlarging, ImportedOp,
    testing::Values(
        Case{"nearest", "  return torch.upsample_nearest2d(x, [18, 21])\n"},
        Case{"nearest_by_scales", "  return torch.upsample_nearest2d(x, None, [2.0, 3.0])\n"},
        Case{"nearest_traced", "  return torch.upsample_nearest2d(x, [18, 14], 2.0, 2.0)\n"},
        Case{"nearest_exact", "  return torch._upsample_nearest_exact2d(x, [27, 14], None, None)\n"},
        Case{"same_size", "  return torch.upsample_nearest2d(torch.relu(x), [9, 7])\n"},
        Case{"bilinear", "  return torch.upsample_bilinear2d(x, [18, 21], False)\n"},
        Case{"bilinear_by_scales", "  return torch.upsample_bilinear2d(x, None, False, [4.0, 1.0])\n"},
        Case{"bilinear_traced", "  return torch.upsample_bilinear2d(x, [36, 35], False, 4.0, 5.0)\n"},
        Case{"pixel_shuffle", "  return torch.pixel_shuffle(x, 2)\n"},
        Case{"pixel_unshuffle", "  return torch.pixel_unshuffle(x[:, :, :8, :6], 2)\n"},
        Case{"transposed", "  return torch.conv_transpose2d(x, self.w0)\n", {1, 4, 9, 7}, {{4, 3, 2, 2}}},
        Case{"transposed_strided",
             "  return torch.conv_transpose2d(x, self.w0, self.w1, [2, 3], [1, 0], [1, 2], 1, [1, 1])\n",
             {1, 4, 5, 7},
             {{4, 6, 3, 4}, {6}}},
        Case{"transposed_grouped_dilated",
             "  return torch.conv_transpose2d(x, self.w0, self.w1, [2, 2], [1, 2], [0, 0], 2, [2, 3])\n",
             {1, 4, 5, 7},
             {{4, 3, 3, 2}, {6}}},
        Case{"transposed_traced",
             "  return torch._convolution(x, self.w0, None, [2, 2], [1, 1], [1, 1], True, [1, 1], 1, "
             "False, False, True, True)\n",
             {1, 4, 9, 7},
             {{4, 3, 3, 3}}}),
    named);

INSTANTIATE_TEST_SUITE_P(
    Rearrangement, ImportedOp,
    testing::Values(
        Case{"flatten", "  return torch.flatten(x, 1)\n"},
        Case{"view", "  return torch.relu(x.view([x.size(0), -1]))\n"},
        Case{"view_minus_one", "  return torch.relu(x.reshape([-1, 252]))\n"},
        Case{"nothing", "  return torch.relu(x.transpose(1, 2).transpose(2, 1).unsqueeze(0).squeeze(0))\n"},
        Case{"slice", "  return torch.relu(x[:, 1:3, ::2, 1:])\n"},
        Case{"slice_channels_strided", "  return torch.relu(x[:, ::2])\n"},
        Case{"select", "  return torch.relu(x[:, :, 2, 3])\n"},
        Case{"chunk", "  a, b = torch.chunk(x, 2, 1)\n  return torch.relu(a) + b\n"},
        Case{"split", "  a = torch.split(x, 3, 1)\n  return torch.cat([a[1], torch.relu(a[0])], 1)\n"},
        Case{"shuffle",
             "  n, c, h, w = x.size(0), x.size(1), x.size(2), x.size(3)\n  return torch.relu(x.view([n, 2, c "
             "// 2, h, w]).transpose(1, 2).contiguous().view([n, c, h, w]))\n",
             {1, 6, 3, 5}},
        Case{"shuffle_then_chunk",
             "  n, c, h, w = x.size(0), x.size(1), x.size(2), x.size(3)\n  y = x.view([n, 3, c // 3, h, "
             "w]).permute([0, 2, 1, 3, 4]).reshape([n, -1, h, w])\n  a, b = y.chunk(2, 1)\n  return "
             "torch.cat([torch.relu(a), b], 1)\n",
             {1, 12, 3, 5}},
        Case{"loop_and_branch",
             "  for i in range(3):\n    if i != 1:\n      x = torch.relu(x) + float(i)\n  y = [x]\n  "
             "y.append(torch.relu6(x))\n  if x.size(2) > 3:\n    return torch.cat(y, 1)\n  else:\n    return "
             "x\n"}),
    named);
}  // namespace
}  // namespace zsq::tests
