#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include <gtest/gtest.h>
#include <torch/types.h>

#include "graph/torch/load_model.h"
#include "images/image_set.h"
#include "images/load_pixels.h"
#include "images/opencv/opencv_decoder.h"
#include "images/torch/pixel_codec.h"
#include "quantize/quantize.h"
#include "tests/export/other_tool.h"
#include "tests/peers.h"
#include "tests/shared_data.h"

/// Real networks, exported, in other tools: the same classes as the integer program says.
namespace zsq {
namespace {

using runtime::exporting::Profile;

struct Case {
  const char *network, *calibration, *images;
  double least;  // per cent of agreement
  std::int64_t count;
};

images::Pixels pictures(const Model& model, const std::string& set, std::int64_t count) {
  const auto path = shared_data() / "images" / set;
  const auto chosen = images::spread(images::open_image_set(path), count);
  const auto preprocessing =
      preprocessing_for(path, model.image_sets, model.preprocessing).value_or(*model.preprocessing);
  return images::load_pixels(chosen, preprocessing, model.graph.input_shape(), images::opencv_decoder());
}

runtime::PlanFile plan_of(const Model& model, const std::string& calibration) {
  const images::Pixels pixels = pictures(model, calibration, 32);
  const torch::Tensor images = images::from_pixels(images::to_tensor(pixels), *model.preprocessing);
  auto file = quantize::quantize(model.graph, *model.preprocessing, images, {}).file;
  file.metadata.network = model.name;
  return file;
}

class ExportAgreement : public testing::TestWithParam<Case> {};

TEST_P(ExportAgreement, OnRealImages) {
  ZSQ_NEED_SHARED_DATA();
  ZSQ_NEED_PEERS();
  const Case& c = GetParam();
  const Model model = load_model(shared_data() / "nets" / (std::string(c.network) + ".pt"));
  const runtime::PlanFile plan = plan_of(model, c.calibration);
  const char* all = std::getenv("ZSQ_EXPORT_IMAGES");  // how many, where the usual number is too few
  const images::Pixels pixels = pictures(model, c.images, all == nullptr ? c.count : std::atoll(all));
  const std::vector<float> own = run_plan(plan, pixels);
  const auto measured = [&](Profile profile, const std::string& tool) {
    const Ran ran = run_exported(plan, profile, tool, pixels);
    const double percent = agreement(own, ran.values, pixels.n);
    std::printf("%s, profile %s in %s: agreement %.2f %% of %d\n", c.network,
                std::string(runtime::exporting::name(profile)).c_str(), tool.c_str(), percent,
                static_cast<int>(pixels.n));
    return percent;
  };
  EXPECT_GE(measured(Profile::ort, "ort"), c.least);
  EXPECT_GE(measured(Profile::openvino, "openvino"), c.least);
  EXPECT_GE(measured(Profile::tensorrt, "ort"), c.least - 5);  // half the steps
}

INSTANTIATE_TEST_SUITE_P(
    Networks, ExportAgreement,
    testing::Values(Case{"resnet20_cifar10", "cifar10_train_lossless", "cifar10_lossless", 97, 466},
                    Case{"mobilenetv1_025_imagenet", "imagenet_val_dev", "imagenet_val_dev", 90, 100},
                    Case{"efficientnet_lite0_imagenet", "imagenet_val_dev", "imagenet_val_dev", 95, 100},
                    Case{"mcunet_320kb_imagenet", "imagenet_val_dev", "imagenet_val_dev", 90, 100}),
    [](const auto& c) { return std::string(c.param.network); });

}  // namespace
}  // namespace zsq
