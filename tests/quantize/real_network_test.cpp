#include <ATen/Parallel.h>
#include <gtest/gtest.h>
#include <torch/types.h>

#include "graph/file.h"
#include "graph/safetensors.h"
#include "graph/torch/load_model.h"
#include "images/torch/pixel_codec.h"
#include "quantize/quantize.h"
#include "runtime/compare.h"
#include "runtime/plan_file.h"
#include "synth/noise.h"
#include "tests/shared_data.h"

/// The integer programs of the real networks: the same on every device, for any number of threads and any
/// batch, on every tensor.
namespace zsq::quantize {
namespace {

torch::Tensor golden_images(const std::string& network) {
  const auto path = shared_data() / "golden" / (network + "_input.safetensors");
  const FileBytes bytes(path);
  const SafeTensor tensor = parse_safetensors(bytes.view(), path.string()).at("input", path.string());
  return torch::tensor(values_of<float>(tensor)).reshape(tensor.dims);
}

/// Extremes, noise and four real images.
std::vector<std::uint8_t> pixels_for(const Model& model, std::int64_t count) {
  auto pixels = runtime::probe_images(model.graph.input_shape(), count - 4, 5);
  const auto real = images::to_pixels(golden_images(model.name), *model.preprocessing).contiguous();
  pixels.insert(pixels.end(), real.data_ptr<std::uint8_t>(), real.data_ptr<std::uint8_t>() + real.numel());
  return pixels;
}

Result quantized(const Model& model, const Scheme& scheme) {
  const auto images = synth::noise_images(model.graph, *model.preprocessing, 8, 3);
  return quantize(model.graph, *model.preprocessing, images, scheme);
}

class RealNetwork : public testing::TestWithParam<const char*> {};

TEST_P(RealNetwork, EveryTensorIsTheReferencesForAnyThreadsAndBatch) {
  ZSQ_NEED_SHARED_DATA();
  const Model model = load_model(shared_data() / "nets" / (std::string(GetParam()) + ".pt"));
  const auto plan = quantized(model, {}).file.plan;
  std::vector<std::unique_ptr<runtime::Session>> sessions;
  std::vector<runtime::Session*> compared;
  for (const int threads : {1, 2, 3}) {
    sessions.push_back(make_session(plan, runtime::Device::cpu, {.threads = threads}));
    compared.push_back(sessions.back().get());
  }
  for (const std::int64_t batch : {1, 7, 32}) {
    const std::int64_t count = batch == 32 ? 32 : 7;  // what is over fills no batch: 32, 7, and 7 times 1
    for (const auto& result : runtime::compare(plan, compared, pixels_for(model, count), batch)) {
      EXPECT_EQ(result.mismatches, 0)
          << "batch " << batch << ": " << (result.first ? describe(plan, *result.first) : "");
      EXPECT_EQ(result.images, count);
    }
  }
}

TEST_P(RealNetwork, EveryWidthRunsTheSameEverywhere) {
  ZSQ_NEED_SHARED_DATA();
  const Model model = load_model(shared_data() / "nets" / (std::string(GetParam()) + ".pt"));
  const auto plan = quantized(model, {.weight_bits = 4, .activation_bits = 4, .learning_steps = 2}).file.plan;
  const auto session = make_session(plan, runtime::Device::cpu, {.threads = 2});
  runtime::Session* const compared[] = {session.get()};
  EXPECT_EQ(runtime::compare(plan, compared, pixels_for(model, 6), 6).front().mismatches, 0);
}

INSTANTIATE_TEST_SUITE_P(Networks, RealNetwork,
                         testing::Values("resnet20_cifar10", "mobilenetv1_025_imagenet",
                                         "mcunet_320kb_imagenet", "mobilenetv1_025_vww"),
                         [](const auto& c) { return std::string(c.param); });

TEST(RealNetworkPlan, TheSameArgumentsGiveTheSameBytesWithOneThreadOrTwo) {
  ZSQ_NEED_SHARED_DATA();
  for (const char* name : {"resnet20_cifar10", "mobilenetv1_025_imagenet"}) {
    const Model model = load_model(shared_data() / "nets" / (std::string(name) + ".pt"));
    const int before = at::get_num_threads();
    at::set_num_threads(1);
    const auto one = runtime::encode_plan(quantized(model, {}).file);
    at::set_num_threads(2);
    const auto two = runtime::encode_plan(quantized(model, {}).file);
    EXPECT_EQ(at::get_num_threads(), 2) << "as many as it had";
    at::set_num_threads(before);
    EXPECT_TRUE(one == two) << name;
  }
}

}  // namespace
}  // namespace zsq::quantize
