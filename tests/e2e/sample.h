#pragma once

#include <filesystem>
#include <string>

#include <gtest/gtest.h>

namespace zsq::e2e {

/// The network that all these tests are made with, shapes_resnet.pt of samples/models; empty if it is not
/// there.
std::filesystem::path sample_model();

/// What it takes, and how many classes it has.
struct Sample {
  int channels, height, width, classes;
};
const Sample& sample();

/// A plan of it, quantized from noise once for all tests of a run.
const std::string& sample_plan();

}  // namespace zsq::e2e

#define ZSQ_NEED_SAMPLE() \
  if (zsq::e2e::sample_model().empty()) GTEST_SKIP() << "skipped: samples/models/shapes_resnet.pt not found"
