#include "synth/synthesize.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>
#include <torch/types.h>

#include "graph/check.h"
#include "tests/bnstats/tiny_net.h"

namespace zsq::synth {
namespace {

class Synthesize : public testing::Test {
 protected:
  Synthesis run(const Options& options, const ProgressCallback& progress = {}) const {
    return synthesize(teacher_, stored_, preprocessing(), options, {.progress = progress});
  }

  static Preprocessing preprocessing() {
    Preprocessing p;
    p.mean = {0.5, 0.5, 0.5};
    p.deviation = {0.25, 0.25, 0.25};
    return p;
  }

  const TorchExecutor teacher_{tiny_net()};
  const std::vector<bnstats::Statistics> stored_ = bnstats::stored_statistics(teacher_.graph(), torch::kCPU);
};

TEST_F(Synthesize, BringsTheStatisticsTogetherWithinValidPixels) {
  const Synthesis made = run({.count = 12, .batch = 16, .steps = 60, .learning_rate = 0.1});
  EXPECT_EQ(made.images.sizes(), (std::vector<std::int64_t>{12, 3, 16, 16}));
  EXPECT_EQ(made.labels.numel(), 12);
  EXPECT_EQ(made.iterations, 60);
  ASSERT_EQ(made.loss.size(), 60U);
  EXPECT_LT(made.loss.back(), made.loss.front() / 2);
  EXPECT_LE(made.images.abs().max().item<float>(), 2.0F);
  EXPECT_FALSE(made.images.requires_grad());
}

TEST_F(Synthesize, HasTheSameBytesForTheSameSeedWhateverTheThreads) {
  const Options one{.count = 40, .batch = 10, .steps = 4, .seed = 11, .threads = 1};
  Options many = one;
  many.threads = 3;
  const auto images = run(one).images;
  torch::manual_seed(99);  // the global generator plays no part
  const int before = at::get_num_threads();
  at::set_num_threads(2);  // nor do LibTorch's own threads
  EXPECT_TRUE(torch::equal(images, run(many).images));
  EXPECT_EQ(at::get_num_threads(), 2);
  at::set_num_threads(before);
  Options other = one;
  other.seed = 12;
  EXPECT_FALSE(torch::equal(images, run(other).images));
  EXPECT_FALSE(torch::equal(images.narrow(0, 0, 10), images.narrow(0, 10, 10)));
}

TEST_F(Synthesize, TellsItsProgressAndStopsWhenTold) {
  std::vector<Progress> seen;
  run({.count = 4, .batch = 2, .steps = 3, .threads = 1}, [&](const Progress& p) {
    seen.push_back(p);
    return true;
  });
  ASSERT_EQ(seen.size(), 6U);
  EXPECT_EQ(seen.back().batch, 1);
  EXPECT_EQ(seen.back().batches, 2);
  EXPECT_EQ(seen.back().step, 3);
  EXPECT_NEAR(seen.back().eta_seconds, 0, 1e-9);
  int calls = 0;
  EXPECT_THROW(
      run({.count = 8, .batch = 2, .steps = 50, .threads = 2}, [&](const Progress&) { return ++calls < 5; }),
      Interrupted);
  EXPECT_EQ(calls, 5);
}

TEST_F(Synthesize, UsesEveryTerm) {
  const LossWeights none{.norms = 1, .classes = 0, .variation = 0};
  const auto first_loss = [&](const LossWeights& weights) {
    return run({.count = 4, .batch = 4, .steps = 1, .weights = weights}).loss.front();
  };
  const double base = first_loss(none);
  for (double LossWeights::*term : {&LossWeights::classes, &LossWeights::variation, &LossWeights::l2,
                                    &LossWeights::image_prior, &LossWeights::logit_range}) {
    LossWeights weights = none;
    weights.*term = 1;
    EXPECT_NE(first_loss(weights), base);
  }
}

TEST_F(Synthesize, RefusesOptionsOutOfRange) {
  for (const Options& wrong :
       {Options{.count = 0}, Options{.batch = 0}, Options{.steps = 0}, Options{.learning_rate = -1},
        Options{.learning_rate = NAN}, Options{.roll = -1}, Options{.threads = -1}}) {
    try {
      run(wrong);
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(error.fault(), Fault::usage) << error.what();
    }
  }
}

TEST_F(Synthesize, ShardsTogetherAreTheWhole) {
  Options options{.count = 11, .batch = 2, .steps = 3};
  const Synthesis whole = run(options);
  for (const int shards : {1, 2, 4, 6}) {
    std::vector<torch::Tensor> images, labels;
    for (int i = 0; i < shards; ++i) {
      options.shard = {i, shards};
      const Synthesis part = run(options);
      images.push_back(part.images);
      labels.push_back(part.labels);
    }
    EXPECT_TRUE(torch::equal(torch::cat(images), whole.images)) << shards;
    EXPECT_TRUE(torch::equal(torch::cat(labels), whole.labels)) << shards;
  }
  for (const Shard bad : {Shard{0, 7}, Shard{2, 2}, Shard{-1, 2}, Shard{0, 0}}) {
    options.shard = bad;
    EXPECT_THROW(run(options), Error);
  }
}

TEST_F(Synthesize, SaysSoWhenTheLossIsNotANumber) {
  Graph g;
  const auto x = g.add("input", Input{{1, 3, 8, 8}});
  g.add("bn", BatchNorm2d{filled(3, NAN), filled(3, 0), filled(3, 0), filled(3, 1), 1e-5F}, {x});
  const TorchExecutor broken(g);
  const auto stored = bnstats::stored_statistics(broken.graph(), torch::kCPU);
  Options options{.count = 2, .batch = 2, .steps = 2, .weights = {.logit_range = 1}};
  try {
    synthesize(broken, stored, preprocessing(), options);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::target) << error.what();
  }
}

}  // namespace
}  // namespace zsq::synth
