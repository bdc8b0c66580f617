#include "apps/device_options.h"

#include <cstdlib>

#include <gtest/gtest.h>

#include "graph/check.h"

namespace zsq::apps {
namespace {

Arguments arguments(const std::string& path) {
  std::map<std::string, std::string> values{{"threads", "3"}};
  if (!path.empty()) values["cpu-path"] = path;
  return {values, {}, {}};
}

TEST(SessionFrom, TakesThePathOfTheCommandLineBeforeThatOfTheEnvironment) {
  unsetenv("ZSQ_CPU_PATH");
  EXPECT_EQ(session_from(arguments("")).path, "");
  EXPECT_EQ(session_from(arguments("portable")).path, "portable");
  setenv("ZSQ_CPU_PATH", "reference", 1);
  EXPECT_EQ(session_from(arguments("")).path, "reference");
  EXPECT_EQ(session_from(arguments("portable")).path, "portable");
  EXPECT_EQ(session_from(arguments("portable")).threads, 3);
  unsetenv("ZSQ_CPU_PATH");
}

TEST(SessionFrom, TakesTheNumberOfTheGpuFromTheDevice) {
  const auto index = [](const std::string& device) {
    return session_from({{{"threads", "1"}, {"device", device}}, {}, {}}).device_index;
  };
  EXPECT_EQ(index("cuda"), 0);
  EXPECT_EQ(index("cuda:0"), 0);
  EXPECT_EQ(index("cuda:3"), 3);
  EXPECT_EQ(index("cpu"), 0);
  for (const char* wrong : {"cuda:", "cuda:x", "cuda:-1", "cuda:1:2"})
    EXPECT_THROW(index(wrong), Error) << wrong;
  for (const char* wrong : {"cuda1", "cpu:1", "gpu:0"})
    EXPECT_THROW(device_from({{{"device", wrong}}, {}, {}}), Error) << wrong;
}

}  // namespace
}  // namespace zsq::apps
