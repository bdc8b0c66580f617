#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <set>

#include <gtest/gtest.h>
#include <torch/types.h>
#include <unistd.h>

#include "graph/file.h"
#include "graph/safetensors.h"
#include "graph/torch/executor.h"
#include "graph/torch/load_model.h"
#include "tests/peers.h"

/// ONNX's own tests of its operators: zsq computes what they say, or refuses.
namespace zsq {
namespace {

namespace fs = std::filesystem;

torch::Tensor read_tensor(const SafeTensors& file, const std::string& name) {
  const SafeTensor tensor = file.at(name, "case");
  return torch::tensor(values_of<float>(tensor)).reshape(tensor.dims);
}

/// Names of cases that zsq refuses, and must not take wrongly; each with its reason.
std::set<std::string> known_refusals() {
  std::ifstream list(fs::path(std::getenv("ZSQ_SOURCE_DIR")) / "tests/graph/onnx/refused.txt");
  std::set<std::string> names;
  for (std::string line; std::getline(list, line);)
    if (!line.empty() && line[0] != '#') names.insert(line.substr(0, line.find(':')));
  return names;
}

/// The largest difference, relative to the largest value.
double difference(const Graph& graph, const fs::path& values) {
  const FileBytes bytes(values);
  const SafeTensors file = parse_safetensors(bytes.view(), values.string());
  const torch::Tensor wanted = read_tensor(file, "output").flatten();
  const torch::Tensor got = TorchExecutor(graph).run(read_tensor(file, "input")).flatten();
  if (got.numel() != wanted.numel()) return INFINITY;
  if (wanted.numel() == 0) return 0;
  return ((got - wanted).abs().max() / wanted.abs().max().clamp_min(1e-6)).item<double>();
}

/// One case's output is written with four digits.
double tolerance(const std::string& name) {
  return name == "test_averagepool_2d_ceil_last_window_starts_on_pad" ? 2e-4 : 1e-5;
}

TEST(OnnxConformance, OperatorsAreWhatTheirTestsSay) {
  ZSQ_NEED_PEERS();
  const fs::path folder = fs::temp_directory_path() / ("zsq_onnx_cases_" + std::to_string(getpid()));
  ASSERT_TRUE(run_with_peers("graph/onnx/write_cases.py", {folder.string()}));
  const std::set<std::string> known = known_refusals();
  std::map<std::string, std::string> refused;
  int equal = 0;
  std::vector<fs::path> cases;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".onnx") cases.push_back(entry.path());
  std::ranges::sort(cases);
  for (const fs::path& file : cases) {
    const std::string name = file.stem().string();
    try {
      const Graph graph = load_model(file).graph;
      EXPECT_LE(difference(graph, fs::path(file).replace_extension(".safetensors")), tolerance(name)) << name;
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
