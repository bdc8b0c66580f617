#include "search/hessian.h"

#include <cmath>

#include <ATen/CPUGeneratorImpl.h>
#include <torch/csrc/autograd/autograd.h>

#include "graph/op_traits.h"
#include "quantize/batches.h"
#include "quantize/simulate.h"

namespace zsq::search {
namespace {

using torch::Tensor;

Tensor weights_of(const Graph& graph, NodeId node) {
  const Array& weight = *weight_of(graph[node].op);
  return torch::tensor(weight.values).view({weight.shape.n, weight.shape.c, weight.shape.h, weight.shape.w});
}

/// What the loss is differentiated by: each layer's weights, and something of nothing added to each
/// activation that may have several widths.
struct Leaves {
  std::map<NodeId, std::size_t> weight, activation;  // the positions of nodes
  std::vector<Tensor> values;
};

Leaves leaves_of(const Graph& graph, const Space& space, std::int64_t images) {
  Leaves leaves;
  for (const Layer& layer : space.layers) {
    leaves.weight[layer.node] = leaves.values.size();
    leaves.values.push_back(weights_of(graph, layer.node).requires_grad_());
  }
  for (const Group& group : space.groups)
    for (const NodeId node : group.nodes) {
      if (group.widths.size() < 2) continue;
      const Shape& s = graph[node].shape;
      leaves.activation[node] = leaves.values.size();
      leaves.values.push_back(torch::zeros({images, s.c, s.h, s.w}).requires_grad_());
    }
  return leaves;
}

std::vector<Tensor> outputs_with(const TorchExecutor& network, const Leaves& leaves, const Tensor& images) {
  Tap tap;
  tap.constants = [&](NodeId id, const std::vector<Tensor>& held) {
    const auto found = leaves.weight.find(id);
    if (found == leaves.weight.end()) return held;
    std::vector<Tensor> with = held;
    with[0] = leaves.values[found->second].view_as(held[0]);
    return with;
  };
  tap.after = [&](NodeId id, const Tensor& value) {
    const auto found = leaves.activation.find(id);
    return found == leaves.activation.end() ? value : value + leaves.values[found->second];
  };
  return network.run_all(images, tap);
}

Tensor loss_of(const std::vector<Tensor>& got, bool is_classifier) {
  if (is_classifier) {
    const Tensor q = got[0].flatten(1).log_softmax(1), p = q.detach();
    return (p.exp() * (p - q)).sum(1).mean();
  }
  Tensor loss = torch::zeros({});
  for (const Tensor& output : got) {
    const Tensor wanted = output.detach();
    loss = loss + (output - wanted).square().sum() / wanted.square().sum().clamp_min(1e-30);
  }
  return loss;
}

/// v^T H v of each leaf, v random signs.
std::vector<double> probe(const TorchExecutor& network, const Leaves& leaves, const Tensor& images,
                          bool is_classifier, at::Generator& random) {
  const Tensor loss = loss_of(outputs_with(network, leaves, images), is_classifier);
  const auto slope =
      torch::autograd::grad({loss}, leaves.values, {}, /*retain_graph=*/true, /*create_graph=*/true);
  std::vector<Tensor> signs;
  Tensor along = torch::zeros({});
  for (const Tensor& g : slope) {
    signs.push_back(torch::randint(0, 2, g.sizes(), random, g.options()) * 2 - 1);
    along = along + (g * signs.back()).sum();
  }
  const auto bent = torch::autograd::grad({along}, leaves.values, {}, /*retain_graph=*/false,
                                          /*create_graph=*/false, /*allow_unused=*/true);
  std::vector<double> products;
  for (std::size_t i = 0; i < bent.size(); ++i)
    products.push_back(bent[i].defined() ? (bent[i] * signs[i]).sum().item<double>() : 0.0);
  return products;
}

/// Mean and standard error of probes.
struct Estimate {
  double sum = 0, squares = 0;
  int count = 0;

  void add(double x) { sum += x, squares += x * x, ++count; }
  double mean() const { return sum / count; }
  double error() const {
    const double variance = std::max(0.0, squares / count - mean() * mean());
    return count < 2 ? std::abs(mean()) : std::sqrt(variance / (count - 1));
  }
};

double largest_error(const std::vector<Estimate>& traces) {
  double largest = 0;
  for (const Estimate& t : traces)
    if (t.mean() != 0) largest = std::max(largest, t.error() / std::abs(t.mean()));
  return largest;
}

/// By position of the leaves.
std::vector<Estimate> traces_of(const TorchExecutor& network, const Leaves& leaves, const LossMeter& meter,
                                const HessianOptions& options, Probing& probing, const Progress& told) {
  auto random = at::detail::createCPUGenerator(options.seed);
  std::vector<Estimate> traces(leaves.values.size());
  const std::int64_t images = meter.images().size(0), batch = std::min(options.batch, images);
  const std::int64_t batches = images / batch;
  for (probing.probes = 0; probing.probes < options.most_probes; ++probing.probes) {
    const bool all_seen = probing.probes >= std::max<std::int64_t>(batches, 4);
    if (all_seen && largest_error(traces) <= options.share) break;
    told("Hessian, probe " + std::to_string(probing.probes + 1));
    const Tensor part = meter.images().slice(0, probing.probes % batches * batch).slice(0, 0, batch);
    const auto products = probe(network, leaves, part, meter.is_classifier(), random);
    for (std::size_t i = 0; i < products.size(); ++i) traces[i].add(products[i]);
  }
  probing.largest_error = largest_error(traces);
  return traces;
}

double squared_distance(const Tensor& weight, const quantize::QuantizedWeight& q) {
  const Tensor codes = torch::tensor(std::vector<std::int64_t>(q.codes.begin(), q.codes.end()))
                           .to(torch::kFloat64)
                           .view({static_cast<std::int64_t>(q.scale.size()), -1});
  const Tensor real = codes * torch::tensor(q.scale, torch::kFloat64).unsqueeze(1);
  return (real - weight.to(torch::kFloat64).view_as(real)).square().sum().item<double>();
}

/// Of one value of each group's nodes, on all images: by width, the mean squared distance to its grid.
std::map<NodeId, std::map<int, double>> rounding_errors(const TorchExecutor& network, const Candidates& c,
                                                        const Space& space, const LossMeter& meter) {
  std::map<NodeId, const Group*> wanted;
  for (const Group& group : space.groups)
    for (const NodeId node : group.nodes)
      if (group.widths.size() > 1) wanted[node] = &group;
  std::map<NodeId, std::map<int, double>> errors;
  Tap tap;
  tap.after = [&](NodeId id, const Tensor& value) {
    const auto group = wanted.find(id);
    if (group == wanted.end()) return value;
    for (const int bits : group->second->widths) {
      const auto& grid = *c.activation.at(bits)[index(id)];
      errors[id][bits] += (quantize::on_grid(value, grid) - value).square().sum().item<double>() /
                          static_cast<double>(meter.images().size(0) * value[0].numel());
    }
    return value;
  };
  quantize::run_batches(network, meter.images(), tap);
  return errors;
}

}  // namespace

HessianSensitivity hessian_sensitivity(const Candidates& candidates, const Space& space,
                                       const LossMeter& meter, const HessianOptions& options,
                                       const Progress& told) {
  const Graph& graph = candidates.base.graph;
  const TorchExecutor network(graph);
  HessianSensitivity found;
  const Leaves leaves = leaves_of(graph, space, std::min(options.batch, meter.images().size(0)));
  std::vector<Estimate> traces;
  {
    const at::AutoGradMode with_gradients(true);
    traces = traces_of(network, leaves, meter, options, found.probing, told);
  }
  const at::NoGradGuard no_gradients;
  for (const Layer& layer : space.layers) {
    const std::size_t at = leaves.weight.at(layer.node);
    const double mean_trace = std::max(0.0, traces[at].mean()) / static_cast<double>(layer.weights);
    std::vector<double> losses;
    for (const int bits : layer.widths)
      losses.push_back(
          mean_trace / 2 *
          squared_distance(leaves.values[at].detach(), candidates.weight.at(bits).at(layer.node)));
    const double least = losses.back();  // as the direct measures: beyond the widest
    for (double& loss : losses) loss -= least;
    found.sensitivity.weights.push_back(monotone(losses));
  }
  const auto errors = rounding_errors(network, candidates, space, meter);
  for (const Group& group : space.groups) {
    std::vector<double> losses(group.widths.size(), 0.0);
    for (std::size_t w = 0; group.widths.size() > 1 && w < losses.size(); ++w)
      for (const NodeId node : group.nodes)  // the trace is of a mean over images, the error of one value
        losses[w] += std::max(0.0, traces[leaves.activation.at(node)].mean()) / 2 *
                     (errors.at(node).at(group.widths[w]) - errors.at(node).at(group.widths.back()));
    found.sensitivity.activations.push_back(monotone(losses));
  }
  return found;
}

}  // namespace zsq::search
