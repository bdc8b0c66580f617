#include "quantize/learned/learned_network.h"

#include <algorithm>
#include <cmath>

#include "graph/op_traits.h"
#include "graph/rewrite.h"
#include "quantize/learned/grid_groups.h"
#include "quantize/learned/learned_grid.h"
#include "quantize/lower_layer.h"
#include "quantize/simulate.h"

namespace zsq::quantize {
namespace {

using torch::Tensor;

Tensor column(const std::vector<double>& values) {
  return torch::tensor(values, torch::kFloat64).to(torch::kFloat32).unsqueeze(1);
}

Tensor learnable(const Tensor& zeros) { return zeros.clone().requires_grad_(); }

/// The grid that a layer's output is brought to, or nothing in the tail.
const QParams* output_grid(const QuantizedGraph& q, NodeId layer) {
  for (const Unit& unit : q.units)
    if (unit.head == layer && q.activation[index(unit.last)]) return &*q.activation[index(unit.last)];
  return nullptr;
}

}  // namespace

LearnedNetwork::LearnedNetwork(QuantizedGraph start, MakeCodes make_codes)
    : now_(std::move(start)), make_codes_(std::move(make_codes)), group_(grid_groups(now_)) {
  for (const auto& [id, weight] : now_.weight) constants_[id] = constants(id);
}

std::vector<Tensor> LearnedNetwork::constants(NodeId id) const {
  const QuantizedWeight& w = now_.weight.at(id);
  const Shape& s = weight_of(now_.graph[id].op)->shape;
  const auto codes = torch::tensor(w.codes).to(torch::kFloat32).view({s.n, -1});
  return {(codes * column(w.scale)).view({s.n, s.c, s.h, s.w}), torch::tensor(*bias_of(now_.graph[id].op))};
}

void LearnedNetwork::open_layer(NodeId id) {
  const QuantizedWeight& w = now_.weight.at(id);
  const Array& real = *weight_of(now_.graph[id].op);
  const QParams* out = output_grid(now_, id);
  const double in_scale = now_.activation[index(now_.graph[id].inputs[0])]->scale;
  const double mean_scale = column(w.scale).mean().item<double>();
  LearnedLayer layer{.first_scale = column(w.scale),
                     .first_bias = torch::tensor(*bias_of(now_.graph[id].op)),
                     .log_scale = learnable(torch::zeros({real.shape.n, 1})),
                     .bias_shift = learnable(torch::zeros({real.shape.n})),
                     .bias_unit = out != nullptr ? out->scale : 64 * in_scale * mean_scale,
                     .codes = nullptr};
  const int highest = (1 << (w.bits - 1)) - 1;
  layer.codes =
      make_codes_(torch::tensor(real.values).view({real.shape.n, -1}) / layer.first_scale,
                  torch::tensor(w.codes).to(torch::kFloat32).view({real.shape.n, -1}), {-highest, highest});
  layers_.emplace(id, std::move(layer));
}

void LearnedNetwork::open(NodeId begin, NodeId end) {
  const auto is_inside = [&](std::size_t i) { return i >= index(begin) && i < index(end); };
  for (std::size_t i = index(begin); i < index(end); ++i) {
    if (now_.weight.contains(NodeId(i))) open_layer(NodeId(i));
    if (!now_.activation[i] || group_[i] == group_[0]) continue;
    bool shared = false;
    for (std::size_t j = 0; j < group_.size(); ++j) shared |= group_[j] == group_[i] && !is_inside(j);
    if (!shared && !log_scale_.contains(group_[i])) log_scale_[group_[i]] = learnable(torch::zeros({1}));
  }
}

Effective LearnedNetwork::effective(double progress) const {
  Effective all;
  for (const auto& [id, layer] : layers_) {
    const Shape& s = weight_of(now_.graph[id].op)->shape;
    all.push_back((layer.codes->soft(progress) * layer.scale()).view({s.n, s.c, s.h, s.w}));
    all.push_back(layer.bias());
  }
  for (const auto& [group, log_scale] : log_scale_)
    all.push_back(log_scale.exp() * now_.activation[group]->scale);
  return all;
}

Tap LearnedNetwork::tap(Effective open, Drop drop) const {
  std::map<NodeId, std::vector<Tensor>> layers;
  std::map<std::size_t, Tensor> scales;
  std::size_t next = 0;
  for (const auto& [id, layer] : layers_) {
    layers[id] = {open[next], open[next + 1]};
    next += 2;
  }
  for (const auto& [group, log_scale] : log_scale_) scales[group] = open[next++];
  Tap tap;
  tap.constants = [this, layers](NodeId id, const std::vector<Tensor>&) {
    const auto here = layers.find(id);
    return here == layers.end() ? constants_.at(id) : here->second;
  };
  tap.after = [this, scales, drop](NodeId id, const Tensor& value) {
    const auto& grid = now_.activation[index(id)];
    if (!grid) return value;
    const auto here = scales.find(group_[index(id)]);
    if (here == scales.end()) return on_grid(value, *grid);
    const auto seed = drop.seed + 0x9E3779B9U * static_cast<std::uint32_t>(index(id));
    return on_learned_grid(value, here->second, *grid, {drop.share, seed});
  };
  return tap;
}

Tensor LearnedNetwork::penalty(double progress) const {
  std::vector<Tensor> all;
  for (const auto& [id, layer] : layers_)
    if (Tensor p = layer.codes->penalty(progress); p.defined()) all.push_back(std::move(p));
  return all.empty() ? Tensor() : torch::stack(all).mean();
}

Parameters LearnedNetwork::parameters() const {
  Parameters p;
  for (const auto& [id, layer] : layers_) {
    for (Tensor& t : layer.codes->parameters()) p.codes.push_back(t);
    p.scales.push_back(layer.log_scale);
    p.biases.push_back(layer.bias_shift);
  }
  for (const auto& [group, log_scale] : log_scale_) p.grids.push_back(log_scale);
  return p;
}

void LearnedNetwork::settle_layer(const LearnedLayer& layer, NodeId id) {
  QuantizedWeight& w = now_.weight.at(id);
  const Tensor codes = layer.codes->hard().to(torch::kInt8).contiguous();
  const Tensor scale = layer.scale().to(torch::kFloat64).contiguous();
  w.codes.assign(codes.data_ptr<std::int8_t>(), codes.data_ptr<std::int8_t>() + codes.numel());
  w.scale.assign(scale.data_ptr<double>(), scale.data_ptr<double>() + scale.numel());
  const auto smallest =
      smallest_scales(*bias_of(now_.graph[id].op), *now_.activation[index(now_.graph[id].inputs[0])]);
  for (std::size_t o = 0; o < w.scale.size(); ++o)
    w.scale[o] = is_constant(w, o) ? 1 : std::max(w.scale[o], smallest[o]);
  constants_[id] = constants(id);
}

void LearnedNetwork::settle() {
  const torch::NoGradGuard no_gradients;
  for (std::size_t i = 0; i < group_.size(); ++i)
    if (const auto open = log_scale_.find(group_[i]); open != log_scale_.end() && now_.activation[i])
      now_.activation[i]->scale *= std::exp(open->second.item<double>());
  log_scale_.clear();
  now_.graph = map_ops(now_.graph, [&](NodeId id, Op op) {
    if (const auto open = layers_.find(id); open != layers_.end()) {
      const Tensor bias = open->second.bias().contiguous();
      zsq::parameters(op).bias->assign(bias.data_ptr<float>(), bias.data_ptr<float>() + bias.numel());
    }
    return op;
  });
  for (const auto& [id, layer] : layers_) settle_layer(layer, id);
  layers_.clear();
}

}  // namespace zsq::quantize
