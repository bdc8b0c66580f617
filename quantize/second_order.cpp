#include "quantize/second_order.h"

#include <torch/types.h>

#include "graph/op_traits.h"

namespace zsq::quantize {
namespace {

using torch::Tensor;

constexpr double kDamping = 0.01;  // of the mean diagonal, as GPTQ

Tensor shrunk(const InputMoments& inputs) {
  const auto taps = static_cast<double>(inputs.mean.size(1));
  const double kept = static_cast<double>(inputs.samples) / (static_cast<double>(inputs.samples) + taps);
  const Tensor means = inputs.mean.unsqueeze(2) * inputs.mean.unsqueeze(1);
  const Tensor covariance = inputs.second - means;
  const Tensor diagonal = torch::diag_embed(covariance.diagonal(0, 1, 2));
  Tensor h = means + kept * covariance + (1 - kept) * diagonal;
  const Tensor damping = h.diagonal(0, 1, 2).mean(1).clamp_min(1e-12) * kDamping;
  h.diagonal(0, 1, 2).add_(damping.unsqueeze(1));
  return h;
}

/// [groups, taps, taps], upper: row j holds what weight j passes on to those after it.
Tensor updates(const Tensor& h) {
  return at::linalg_cholesky(at::cholesky_inverse(at::linalg_cholesky(h)), /*upper=*/true);
}

/// real: [groups, out / groups, taps], in units of the scale, in the order of `u`. Returns codes.
Tensor rounded_in_turn(Tensor real, const Tensor& u, int highest) {
  Tensor codes = torch::empty_like(real);
  const auto taps = real.size(2);
  for (std::int64_t j = 0; j < taps; ++j) {
    const Tensor w = real.select(2, j);
    const Tensor code = (w + 0.5).floor().clamp(-highest, highest);
    codes.select(2, j).copy_(code);
    if (j + 1 == taps) break;
    const Tensor error = (w - code) / u.select(1, j).select(1, j).unsqueeze(1);  // [groups, out / groups]
    real.slice(2, j + 1).baddbmm_(error.unsqueeze(2), u.select(1, j).slice(1, j + 1).unsqueeze(1), 1, -1);
  }
  return codes;
}

}  // namespace

std::vector<std::int8_t> round_second_order(const Array& weight, const QuantizedWeight& grid,
                                            const InputMoments& inputs) {
  const auto groups = inputs.mean.size(0), taps = inputs.mean.size(1);
  const auto options = torch::TensorOptions().dtype(torch::kFloat64);
  const Tensor scale = torch::tensor(grid.scale, options).view({groups, -1, 1});
  Tensor real = torch::tensor(weight.values).to(torch::kFloat64).view({groups, -1, taps}) / scale;
  const Tensor h = shrunk(inputs);
  const Tensor order =
      h.diagonal(0, 1, 2).argsort(/*stable=*/true, 1, /*descending=*/true);  // [groups, taps]
  const Tensor rows = order.unsqueeze(2).expand({groups, taps, taps});
  const Tensor columns = order.unsqueeze(1);
  const Tensor sorted = h.gather(1, rows).gather(2, columns.expand({groups, taps, taps}));
  real = real.gather(2, columns.expand_as(real)).contiguous();
  const Tensor codes = rounded_in_turn(real, updates(sorted), (1 << (grid.bits - 1)) - 1);
  const Tensor back = torch::empty_like(codes).scatter_(2, columns.expand_as(codes), codes);
  const Tensor bytes = back.to(torch::kInt8).contiguous();
  return {bytes.data_ptr<std::int8_t>(), bytes.data_ptr<std::int8_t>() + bytes.numel()};
}

QuantizedGraph with_second_order_rounding(QuantizedGraph quantized, const torch::Tensor& images) {
  constexpr std::int64_t kLargest = (std::int64_t{512} << 20) / 8;
  const Graph& graph = quantized.graph;
  std::vector<NodeId> layers;
  for (const auto& [id, weight] : quantized.weight)
    if (const auto size = moments_size(graph, id); size > 0 && size <= kLargest) layers.push_back(id);
  for (std::size_t begin = 0, end = 0; begin < layers.size(); begin = end) {
    for (std::int64_t held = 0; end < layers.size(); ++end)
      if ((held += moments_size(graph, layers[end])) > kLargest) break;
    const auto now = std::span(layers).subspan(begin, end - begin);
    for (const auto& [id, moments] : input_moments(quantized, now, images)) {
      QuantizedWeight& grid = quantized.weight.at(id);
      grid.codes = round_second_order(*weight_of(graph[id].op), grid, moments);
    }
  }
  return quantized;
}

}  // namespace zsq::quantize
