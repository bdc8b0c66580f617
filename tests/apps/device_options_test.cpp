#include "apps/device_options.h"

#include <cstdlib>

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace zsq::apps
