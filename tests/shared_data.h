#pragma once

#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>

namespace zsq {

/// The folder of real networks and images: $ZSQ_DATA, or ../shared/data beside the sources; empty where there
/// is none.
inline std::filesystem::path shared_data() {
  const char* given = std::getenv("ZSQ_DATA");
  const char* source = std::getenv("ZSQ_SOURCE_DIR");
  const std::filesystem::path folder = given != nullptr    ? std::filesystem::path(given)
                                       : source != nullptr ? std::filesystem::path(source) / "../shared/data"
                                                           : std::filesystem::path("../shared/data");
  return std::filesystem::is_directory(folder) ? folder : std::filesystem::path();
}

}  // namespace zsq

/// Begins a test that needs the real networks.
#define ZSQ_NEED_SHARED_DATA() \
  if (zsq::shared_data().empty()) GTEST_SKIP() << "skipped: ../shared/data not found"
