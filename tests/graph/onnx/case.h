#pragma once

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include <torch/types.h>

#include "graph/file.h"
#include "graph/safetensors.h"
#include "graph/torch/executor.h"

/// Models NAME.onnx beside NAME.safetensors, which hold an "input" and the "output" that is wanted.
namespace zsq {

inline std::vector<std::filesystem::path> onnx_cases(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> cases;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".onnx") cases.push_back(entry.path());
  std::ranges::sort(cases);
  return cases;
}

inline torch::Tensor case_tensor(const SafeTensors& file, const std::string& name) {
  const SafeTensor tensor = file.at(name, "case");
  return torch::tensor(values_of<float>(tensor)).reshape(tensor.dims);
}

/// Between the wanted output and the graph's, relative to the largest value; infinite where their sizes
/// differ.
inline double largest_difference(const Graph& graph, std::filesystem::path model) {
  const FileBytes bytes(model.replace_extension(".safetensors"));
  const SafeTensors file = parse_safetensors(bytes.view(), model.string());
  const torch::Tensor wanted = case_tensor(file, "output").flatten();
  const torch::Tensor got = TorchExecutor(graph).run(case_tensor(file, "input")).flatten();
  if (got.numel() != wanted.numel()) return INFINITY;
  if (wanted.numel() == 0) return 0;
  return ((got - wanted).abs().max() / wanted.abs().max().clamp_min(1e-6)).item<double>();
}

}  // namespace zsq
