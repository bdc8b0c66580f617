#pragma once

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include <ATen/ops/cat.h>
#include <torch/types.h>

#include "graph/file.h"
#include "graph/safetensors.h"
#include "graph/torch/executor.h"

/// Models NAME.onnx and NAME.pt2 beside NAME.safetensors, which hold an "input" and the "output" that is
/// wanted; several outputs are one behind another.
namespace zsq {

inline std::vector<std::filesystem::path> model_cases(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> cases;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".onnx" || entry.path().extension() == ".pt2")
      cases.push_back(entry.path());
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
  std::vector<torch::Tensor> outputs;
  for (const torch::Tensor& y : TorchExecutor(graph).run_all(case_tensor(file, "input")))
    outputs.push_back(y.flatten());
  const torch::Tensor got = torch::cat(outputs);
  if (got.numel() != wanted.numel()) return INFINITY;
  if (wanted.numel() == 0) return 0;
  return ((got - wanted).abs().max() / wanted.abs().max().clamp_min(1e-6)).item<double>();
}

}  // namespace zsq
