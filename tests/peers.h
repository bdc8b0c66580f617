#pragma once

#include <cstdlib>
#include <filesystem>
#include <iomanip>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace zsq {

/// The Python of the environment that scripts/bench-peers makes, which has onnx, ONNX Runtime and OpenVINO;
/// empty where there is none.
inline std::filesystem::path peers_python() {
  const char *cache = std::getenv("XDG_CACHE_HOME"), *home = std::getenv("HOME");
  const std::filesystem::path folder = cache != nullptr  ? std::filesystem::path(cache)
                                       : home != nullptr ? std::filesystem::path(home) / ".cache"
                                                         : std::filesystem::path();
  const auto python = folder / "zsq/peers/bin/python";
  return std::filesystem::exists(python) ? python : std::filesystem::path();
}

/// Runs a program of the sources' tests with it; whether it ended well. No word has a quote in it.
inline bool run_with_peers(const std::string& program, const std::vector<std::string>& words) {
  const char* sources = std::getenv("ZSQ_SOURCE_DIR");
  const auto path = std::filesystem::path(sources != nullptr ? sources : ".") / "tests" / program;
  std::ostringstream line;
  line << peers_python() << " -W ignore " << path;
  for (const std::string& word : words) line << ' ' << std::quoted(word);
  line << " >&2";
  return std::system(line.str().c_str()) == 0;
}

}  // namespace zsq

/// Begins a test that needs other tools to compare with.
#define ZSQ_NEED_PEERS()           \
  if (zsq::peers_python().empty()) \
  GTEST_SKIP() << "skipped: no Python with onnx; scripts/bench-peers makes it"
