// Whole networks on the interpreter: every tensor is the reference's, by both code generators.
#include <cstdlib>

#include <gtest/gtest.h>
#include <torch/types.h>

#include "graph/torch/load_model.h"
#include "quantize/quantize.h"
#include "runtime/compare.h"
#include "runtime/cuda/session.h"
#include "synth/noise.h"
#include "tests/ptx/interpreted_gpu.h"
#include "tests/shared_data.h"

namespace zsq::runtime {
namespace {

void expect_equal_to_reference(const std::filesystem::path& path, std::int64_t images) {
  const Model model = load_model(path);
  const auto calibration = synth::noise_images(model.graph, *model.preprocessing, 4, 3);
  const Plan plan = quantize::quantize(model.graph, *model.preprocessing, calibration, {}).file.plan;
  const auto probes = probe_images(plan.image, 4, 9);
  const auto noise = std::span(probes).last(static_cast<std::size_t>(images * plan.image.size()));
  std::vector<std::unique_ptr<cuda::ResidentSession>> sessions;
  std::vector<Session*> compared;
  for (const ptx::Target target : {ptx::Target::sm_80, ptx::Target::sm_120}) {
    sessions.push_back(
        cuda::make_session_on(std::make_shared<ptx::InterpretedGpu>(ptx::modules_for(target)), plan));
    compared.push_back(sessions.back().get());
  }
  for (const Comparison& found : compare(plan, compared, noise, images))
    EXPECT_EQ(found.mismatches, 0) << describe(plan, *found.first);
}

class SampleNetwork : public testing::TestWithParam<const char*> {};

TEST_P(SampleNetwork, EveryTensorIsTheReferences) {
  const std::filesystem::path source = std::getenv("ZSQ_SOURCE_DIR");
  expect_equal_to_reference(source / "samples/models" / (std::string(GetParam()) + ".pt"), 2);
}

INSTANTIATE_TEST_SUITE_P(Networks, SampleNetwork,
                         testing::Values("shapes_mobilenet", "shapes_resnet", "shapes_vgg"),
                         [](const auto& c) { return std::string(c.param); });

class SharedNetwork : public testing::TestWithParam<const char*> {};

TEST_P(SharedNetwork, EveryTensorIsTheReferences) {
  ZSQ_NEED_SHARED_DATA();
  const auto path = shared_data() / "nets" / (std::string(GetParam()) + ".pt");
  expect_equal_to_reference(path, 1);
  expect_equal_to_reference(path, 2);
}

INSTANTIATE_TEST_SUITE_P(Networks, SharedNetwork,
                         testing::Values("resnet20_cifar10", "mobilenetv1_025_imagenet",
                                         "mcunet_320kb_imagenet", "mobilenetv1_025_vww",
                                         "efficientnet_lite0_imagenet"),
                         [](const auto& c) { return std::string(c.param); });

}  // namespace
}  // namespace zsq::runtime
