#include "export/onnx_export.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "export/encodings.h"
#include "export/quantized_tensors.h"
#include "graph/check.h"
#include "graph/safetensors.h"
#include "graph/torch/load_model.h"
#include "quantize/quantize.h"
#include "synth/noise.h"
#include "tests/export/other_tool.h"
#include "tests/peers.h"

namespace zsq {
namespace {

using runtime::exporting::Profile;

/// A sample network's, quantized from noise; all four kinds of steps that they end in come up.
runtime::PlanFile sample_plan(const std::string& name, const quantize::Scheme& scheme = {}) {
  const std::filesystem::path sources = std::getenv("ZSQ_SOURCE_DIR");
  const Model model = load_model(sources / "samples/models" / (name + ".pt"));
  const auto images = synth::noise_images(model.graph, *model.preprocessing, 16, 0);
  auto file = quantize::quantize(model.graph, *model.preprocessing, images, scheme).file;
  file.metadata.network = name;
  return file;
}

images::Pixels noise(const runtime::PlanFile& file, std::int64_t count) {
  const Shape& s = file.plan.image;
  images::Pixels pixels = images::pixels_of(count, s.h, s.w, s.c);
  unsigned state = 1;
  for (std::uint8_t& p : pixels.values) {
    state = state * 1664525U + 1013904223U;
    p = static_cast<std::uint8_t>(state >> 24U);
  }
  return pixels;
}

/// 10 log10 of the signal to the difference.
double sqnr(const std::vector<float>& wanted, const std::vector<float>& got) {
  double signal = 0, difference = 0;
  for (std::size_t i = 0; i < wanted.size() && i < got.size(); ++i) {
    signal += wanted[i] * wanted[i];
    difference += (wanted[i] - got[i]) * (wanted[i] - got[i]);
  }
  return wanted.size() == got.size() ? 10 * std::log10(signal / (difference + 1e-30)) : -1;
}

TEST(OnnxExport, SameBytesEachTime) {
  const runtime::PlanFile file = sample_plan("shapes_resnet");
  EXPECT_EQ(runtime::exporting::to_onnx(file, Profile::ort), runtime::exporting::to_onnx(file, Profile::ort));
  EXPECT_NE(runtime::exporting::to_onnx(file, Profile::ort),
            runtime::exporting::to_onnx(file, Profile::tensorrt));
}

/// The three formats say the same of each layer and activation.
TEST(TensorExport, SaysWhatTheOnnxFileSays) {
  for (const char* name : {"shapes_resnet", "shapes_mobilenet"}) {
    const runtime::PlanFile file =
        sample_plan(name, {.weight_bits = 4, .rounding = quantize::Rounding::nearest});
    const std::string onnx = runtime::exporting::to_onnx(file, Profile::ort);
    const std::string bytes = runtime::exporting::to_safetensors(file);
    const SafeTensors tensors = parse_safetensors(bytes, "x");
    const auto encodings = nlohmann::json::parse(runtime::exporting::to_encodings(file));
    std::size_t layers = 0, values = 0;
    for (const auto& [tensor, content] : tensors.tensors) {
      if (tensor.ends_with(".weight") || tensor.ends_with(".bias")) {
        EXPECT_NE(onnx.find(content.bytes), std::string::npos) << tensor;
      }
      if (tensor.ends_with(".weight")) {
        const auto& channels = encodings.at("param_encodings").at(tensor);
        const auto scales = values_of<float>(tensors.at(tensor + "_scale", "x"));
        ASSERT_EQ(channels.size(), scales.size());
        for (std::size_t o = 0; o < scales.size(); ++o)
          EXPECT_EQ(channels[o].at("scale").get<float>(), scales[o]);
        const int bits = channels[0].at("bitwidth");
        EXPECT_EQ(channels[0].at("offset"), -(1 << (bits - 1)));
        EXPECT_EQ(channels[0].at("is_symmetric"), "True");
        for (const std::int8_t w : values_of<std::int8_t>(content)) EXPECT_LT(std::abs(w), 1 << (bits - 1));
        ++layers;
      }
      if (tensor.ends_with(".zero_point")) {
        const auto& grid =
            encodings.at("activation_encodings").at(tensor.substr(0, tensor.size() - 11)).at(0);
        const int zero_point = values_of<std::int32_t>(content).front();
        EXPECT_EQ(grid.at("offset"), -(1 << (grid.at("bitwidth").get<int>() - 1)) - zero_point);
        EXPECT_NEAR(grid.at("min").get<double>(),
                    grid.at("offset").get<double>() * grid.at("scale").get<double>(), 1e-9);
        ++values;
      }
    }
    EXPECT_EQ(layers, encodings.at("param_encodings").size());
    EXPECT_EQ(values, encodings.at("activation_encodings").size());
    EXPECT_GT(layers, 5U);
  }
}

/// Two to a byte they are the same weights: ONNX Runtime gives the same values but for rounding between
/// layers.
TEST(OnnxExport, FourBitsInHalfAByte) {
  ZSQ_NEED_PEERS();
  const runtime::PlanFile file =
      sample_plan("shapes_resnet", {.weight_bits = 4, .rounding = quantize::Rounding::nearest});
  using runtime::exporting::NarrowWeights;
  EXPECT_LT(runtime::exporting::to_onnx(file, Profile::ort, NarrowWeights::int4).size(),
            runtime::exporting::to_onnx(file, Profile::ort).size());
  const images::Pixels pixels = noise(file, 16);
  const Ran bytes = run_exported(file, Profile::ort, "ort", pixels);
  const Ran nibbles = run_exported(file, Profile::ort, "ort", pixels, NarrowWeights::int4);
  EXPECT_GT(sqnr(bytes.values, nibbles.values), 25);
}

class SampleExport : public testing::TestWithParam<const char*> {};

TEST_P(SampleExport, OnnxRuntimeComputesInIntegers) {
  ZSQ_NEED_PEERS();
  const runtime::PlanFile file = sample_plan(GetParam());
  const images::Pixels pixels = noise(file, 24);
  const Ran ran = run_exported(file, Profile::ort, "ort", pixels);
  EXPECT_GT(sqnr(run_plan(file, pixels), ran.values), 15) << GetParam();
  const auto count = [&](const char* op) { return std::ranges::count(ran.ops, op); };
  const auto layers = std::ranges::count_if(
      file.plan.steps, [](const runtime::Step& s) { return std::holds_alternative<runtime::Conv2d>(s); });
  EXPECT_EQ(count("QLinearConv"), layers);
  EXPECT_LE(count("Conv"), 1);  // the classifier, whose values are no 8 bits
}

bool has_tables(const runtime::PlanFile& file) {
  return std::ranges::any_of(
      file.plan.steps, [](const runtime::Step& s) { return std::holds_alternative<runtime::Table>(s); });
}

TEST_P(SampleExport, OpenVinoAgrees) {
  ZSQ_NEED_PEERS();
  const runtime::PlanFile file = sample_plan(GetParam());
  if (has_tables(file)) {
    EXPECT_THROW(runtime::exporting::to_onnx(file, Profile::openvino), Error);
    return;
  }
  const images::Pixels pixels = noise(file, 24);
  const Ran ran = run_exported(file, Profile::openvino, "openvino", pixels);
  EXPECT_GT(sqnr(run_plan(file, pixels), ran.values), 15) << GetParam();
  const auto layers = std::ranges::count_if(
      file.plan.steps, [](const runtime::Step& s) { return std::holds_alternative<runtime::Conv2d>(s); });
  const auto whole = std::ranges::count_if(
      ran.ops, [](const std::string& op) { return op.starts_with("Convolution") && op.ends_with("8"); });
  EXPECT_GE(whole, layers);
}

TEST_P(SampleExport, FourBitsAreKept) {
  ZSQ_NEED_PEERS();
  const runtime::PlanFile file = sample_plan(GetParam(), {.weight_bits = 4, .activation_bits = 4});
  const images::Pixels pixels = noise(file, 24);
  const Ran ran = run_exported(file, Profile::ort, "ort", pixels);
  EXPECT_GT(sqnr(run_plan(file, pixels), ran.values), 5) << GetParam();
}

INSTANTIATE_TEST_SUITE_P(Networks, SampleExport,
                         testing::Values("shapes_resnet", "shapes_mobilenet", "shapes_vgg"),
                         [](const auto& c) { return std::string(c.param); });

}  // namespace
}  // namespace zsq
