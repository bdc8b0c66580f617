#include "quantize/learned/distillation.h"

#include <algorithm>

#include "quantize/learned/blocks.h"

namespace zsq::quantize {
namespace {

using torch::Tensor;

/// Values at the ends of blocks, the network's outputs among them.
using Values = std::map<NodeId, Tensor>;

std::vector<NodeId> ends_of_blocks(const Graph& graph, const std::vector<Unit>& units) {
  std::vector<NodeId> all;
  for (const Block& block : blocks(graph, units))
    all.insert(all.end(), block.outputs.begin(), block.outputs.end());
  return all;
}

Values values_at(const std::vector<NodeId>& ends, const TorchExecutor& network, const Tensor& batch,
                 const Tap& tap) {
  Values seen;
  Tap with = tap;
  with.after = [&](NodeId id, const Tensor& value) {
    const Tensor out = tap.after ? tap.after(id, value) : value;
    if (std::ranges::find(ends, id) != ends.end()) seen[id] = out;
    return out;
  };
  network.run_all(batch, with);
  return seen;
}

/// Square error of each end, without gradients.
std::map<NodeId, double> errors_at(const std::vector<NodeId>& ends, const TorchExecutor& network,
                                   const Tensor& images, const Tap& tap) {
  const torch::NoGradGuard no_gradients;
  const Values wanted = values_at(ends, network, images, {}), got = values_at(ends, network, images, tap);
  std::map<NodeId, double> all;
  for (const auto& [id, value] : got)
    all[id] = std::max(1e-30, (value - wanted.at(id)).square().mean().item<double>());
  return all;
}

/// By up to a sixteenth of their size, and mirrored or not.
Tensor moved(const Tensor& images, std::uint32_t seed) {
  const auto shift = [&](std::int64_t size, std::uint32_t drawn) {
    const std::int64_t reach = size / 16;
    return static_cast<std::int64_t>(drawn) % (2 * reach + 1) - reach;
  };
  const Tensor rolled =
      torch::roll(images, {shift(images.size(2), seed >> 4), shift(images.size(3), seed >> 14)}, {2, 3});
  return (seed % 2 == 0 ? rolled : rolled.flip(3)).contiguous(torch::MemoryFormat::ChannelsLast);
}

}  // namespace

QuantizedGraph distilled(const Graph& teacher, QuantizedGraph start, const Tensor& images,
                         const MakeCodes& make_codes, const LearnOptions& options,
                         const std::function<void()>& stop) {
  constexpr std::int64_t kMeasured = 32;  // images that say how large the errors were
  const TorchExecutor network(teacher);
  const auto ends = ends_of_blocks(teacher, start.units);
  LearnedNetwork learned(std::move(start), make_codes);
  const auto before =
      errors_at(ends, network, images.slice(0, 0, std::min(kMeasured, images.size(0))), learned.tap({}, {}));
  learned.open(NodeId{0}, NodeId(teacher.nodes().size()));
  const auto loss = [&](const Tensor& rows, const Tap& tap, Drop drop) {
    const Tensor batch = moved(images.index_select(0, rows), drop.seed);
    Values wanted;
    {
      const torch::NoGradGuard no_gradients;
      wanted = values_at(ends, network, batch, {});
    }
    Tensor sum = torch::zeros({});
    for (const auto& [id, value] : values_at(ends, network, batch, tap))
      sum = sum + (value - wanted.at(id)).square().mean() / before.at(id);
    return sum;
  };
  LearnOptions without_drop = options;
  without_drop.drop = 0;
  learn(learned, images.size(0), without_drop, teacher.nodes().size(), loss, stop);
  learned.settle();
  return learned.now();
}

}  // namespace zsq::quantize
