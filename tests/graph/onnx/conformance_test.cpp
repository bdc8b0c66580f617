#include <cstdio>
#include <fstream>
#include <map>
#include <set>

#include <gtest/gtest.h>
#include <unistd.h>

#include "graph/torch/load_model.h"
#include "tests/graph/onnx/case.h"
#include "tests/peers.h"

/// ONNX's own tests of its operators: zsq computes what they say, or refuses.
namespace zsq {
namespace {

namespace fs = std::filesystem;

/// Names of cases that zsq refuses, and must not take wrongly; each with its reason.
std::set<std::string> known_refusals() {
  std::ifstream list(fs::path(std::getenv("ZSQ_SOURCE_DIR")) / "tests/graph/onnx/refused.txt");
  std::set<std::string> names;
  for (std::string line; std::getline(list, line);)
    if (!line.empty() && line[0] != '#') names.insert(line.substr(0, line.find(':')));
  return names;
}

/// One case's output is written with four digits.
double tolerance(const std::string& name) {
  return name == "test_averagepool_2d_ceil_last_window_starts_on_pad" ? 2e-4 : 1e-5;
}

TEST(OnnxConformance, OperatorsAreWhatTheirTestsSay) {
  ZSQ_NEED_PEERS();
  const fs::path folder = fs::temp_directory_path() / ("zsq_model_cases_" + std::to_string(getpid()));
  ASSERT_TRUE(run_with_peers("graph/onnx/write_cases.py", {folder.string()}));
  const std::set<std::string> known = known_refusals();
  std::map<std::string, std::string> refused;
  int equal = 0;
  for (const fs::path& file : model_cases(folder)) {
    const std::string name = file.stem().string();
    try {
      const Graph graph = load_model(file).graph;
      EXPECT_LE(largest_difference(graph, file), tolerance(name)) << name;
      ++equal;
    } catch (const Error& e) {
      const std::string text = e.what();
      refused[name] = text.substr(std::min(text.size(), file.string().size() + 2));
    }
  }
  fs::remove_all(folder);
  std::printf("%d cases are equal, %zu are refused\n", equal, refused.size());
  for (const auto& [name, reason] : refused) EXPECT_TRUE(known.contains(name)) << name << ": " << reason;
  EXPECT_GT(equal, 100);
}

}  // namespace
}  // namespace zsq
