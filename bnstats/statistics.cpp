#include "bnstats/statistics.h"

#include <torch/types.h>

#include "bnstats/health.h"
#include "graph/check.h"

namespace zsq::bnstats {
namespace {

[[noreturn]] void fail_without_norms(const Graph& graph) {
  if (norms_look_folded(graph)) {
    fail(Fault::unsupported,
         "the model has no batch norm, and images are made from the statistics that batch norms keep; its "
         "convolutions have biases: if an exporter has folded them, export the model again with them kept: "
         "torch.onnx.export(..., "
         "training=torch.onnx.TrainingMode.PRESERVE) after model.eval(), or dynamo=True with optimize=False, "
         "or "
         "TorchScript without torch.jit.freeze and torch.jit.optimize_for_inference; if it was trained "
         "without, "
         "give calibration images of your own");
  }
  fail(Fault::unsupported,
       "the model has no batch norm, and images are made from the statistics that batch norms keep; a "
       "network trained "
       "with batch norm is needed, or calibration images of your own");
}

Statistics statistics_of(NodeId id, const Node& node, const BatchNorm2d& norm, torch::Device device) {
  const auto upload = [&](const std::vector<float>& values) { return torch::tensor(values).to(device); };
  const std::vector<int> dead = dead_channels(norm);
  std::vector<float> alive(norm.variance.size(), 1.0F);
  for (const int c : dead) alive[static_cast<std::size_t>(c)] = 0.0F;
  return {.norm = id,
          .name = node.name,
          .mean = upload(norm.mean),
          .variance = upload(norm.variance),
          .gamma = upload(norm.gamma),
          .beta = upload(norm.beta),
          .alive = upload(alive),
          .epsilon = norm.epsilon,
          .dead = static_cast<int>(dead.size())};
}

}  // namespace

torch::Tensor Statistics::deviation() const { return (variance + epsilon).sqrt(); }

std::vector<Statistics> stored_statistics(const Graph& graph, torch::Device device) {
  std::vector<Statistics> all;
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
    const Node& node = graph.nodes()[i];
    if (const auto* norm = std::get_if<BatchNorm2d>(&node.op)) {
      all.push_back(statistics_of(NodeId(i), node, *norm, device));
    }
  }
  if (all.empty()) fail_without_norms(graph);
  return all;
}

}  // namespace zsq::bnstats
