#include "quantize/learned/distillation.h"

#include "quantize/batches.h"

namespace zsq::quantize {
namespace {

using torch::Tensor;

Tensor distance(const Graph& graph, const std::vector<Tensor>& got, const std::vector<Tensor>& wanted) {
  if (classes(graph))
    return torch::kl_div(torch::log_softmax(got[0], 1), torch::log_softmax(wanted[0], 1), at::Reduction::Sum,
                         /*log_target=*/true) /
           got[0].size(0);
  Tensor sum = torch::zeros({});
  for (std::size_t o = 0; o < got.size(); ++o)
    sum = sum + (got[o].flatten(1) - wanted[o]).square().mean() / wanted[o].var().clamp_min(1e-12);
  return sum;
}

}  // namespace

QuantizedGraph distilled(const Graph& teacher, QuantizedGraph start, const Tensor& images,
                         const MakeCodes& make_codes, const LearnOptions& options,
                         const std::function<void()>& stop) {
  const TorchExecutor network(teacher);
  const auto wanted = run_batches(network, images);
  LearnedNetwork learned(std::move(start), make_codes);
  learned.open(NodeId{0}, NodeId(teacher.nodes().size()));
  const Tensor pixels = images.contiguous(torch::MemoryFormat::ChannelsLast);
  const auto loss = [&](const Tensor& rows, const Tap& tap, Drop) {
    std::vector<Tensor> targets;
    for (const Tensor& all : wanted) targets.push_back(all.index_select(0, rows));
    const Tensor batch = pixels.index_select(0, rows).contiguous(torch::MemoryFormat::ChannelsLast);
    return distance(teacher, network.run_all(batch, tap), targets);
  };
  LearnOptions without_drop = options;
  without_drop.drop = 0;
  learn(learned, images.size(0), without_drop, teacher.nodes().size(), loss, stop);
  learned.settle();
  return learned.now();
}

}  // namespace zsq::quantize
