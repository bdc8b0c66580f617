#include <gtest/gtest.h>
#include <torch/types.h>

#include "graph/torch/load_model.h"
#include "synth/noise.h"
#include "synth/report.h"
#include "tests/shared_data.h"

namespace zsq::synth {
namespace {

struct Subject {
  explicit Subject(const char* name)
      : model(load_model(shared_data() / "nets" / (std::string(name) + ".pt"))),
        teacher(model.graph),
        stored(bnstats::stored_statistics(model.graph, torch::kCPU)) {}

  Synthesis run(const Options& options) const {
    return synthesize(teacher, stored, *model.preprocessing, options);
  }

  Model model;
  TorchExecutor teacher;
  std::vector<bnstats::Statistics> stored;
};

TEST(RealNetwork, ImagesFitFarBetterThanNoiseAndDoNotDependOnThreads) {
  ZSQ_NEED_SHARED_DATA();
  const Subject resnet("resnet20_cifar10");
  const Options one{.count = 32, .batch = 16, .steps = 30, .threads = 1};
  Options two = one;
  two.threads = 2;
  const Synthesis made = resnet.run(one);
  EXPECT_TRUE(torch::equal(made.images, resnet.run(two).images));
  const Quality quality = measure_quality(resnet.teacher, resnet.stored, made.images, 16, 1);
  const auto noise = noise_images(resnet.model.graph, *resnet.model.preprocessing, 32, 0);
  EXPECT_LT(quality.mean_error, measure_quality(resnet.teacher, resnet.stored, noise, 16, 1).mean_error / 2);
  EXPECT_NO_THROW(check_quality(quality));
}

TEST(RealNetwork, HalfOfTheChannelsMayBeDead) {
  ZSQ_NEED_SHARED_DATA();
  const Subject vww("mobilenetv1_025_vww");
  int dead = 0;
  for (const auto& s : vww.stored) dead += s.dead;
  EXPECT_GE(dead, 1530);
  for (const auto distance :
       {bnstats::Distance::absolute, bnstats::Distance::relative, bnstats::Distance::kl}) {
    const Synthesis made = vww.run({.count = 16, .batch = 16, .steps = 12, .distance = distance});
    EXPECT_LT(made.loss.back(), made.loss.front());
    EXPECT_TRUE(made.images.isfinite().all().item<bool>());
  }
}

}  // namespace
}  // namespace zsq::synth
