#include "quantize/learned/learned_rounding.h"

#include <algorithm>
#include <map>

#include "quantize/learned/blocks.h"

namespace zsq::quantize {
namespace {

using torch::Tensor;

constexpr std::int64_t kPropagated = 16;  // images that are run at a time between blocks

/// Values of some nodes for all images, each [n, h, w, c] in memory.
using Values = std::map<NodeId, Tensor>;

Tensor kept(const Tensor& value) { return value.permute({0, 2, 3, 1}).contiguous(); }

Tensor rows_of(const Tensor& kept_value, const Tensor& rows) {
  return kept_value.index_select(0, rows).permute({0, 3, 1, 2});
}

Values some(const Values& all, std::span<const NodeId> which) {
  Values found;
  for (const NodeId id : which) found[id] = all.at(id);
  return found;
}

/// The outputs of a block, from inputs and with a tap, without gradients.
Values propagated(const TorchExecutor& network, const Block& block, const Values& inputs, const Tap& tap) {
  const torch::NoGradGuard no_gradients;
  std::map<NodeId, std::vector<Tensor>> parts;
  const std::int64_t count = inputs.begin()->second.size(0);
  for (std::int64_t from = 0; from < count; from += kPropagated) {
    std::vector<Tensor> values(network.graph().nodes().size());
    for (const auto& [id, value] : inputs)
      values[index(id)] = value.slice(0, from, std::min(count, from + kPropagated)).permute({0, 3, 1, 2});
    network.run_range(block.begin, block.end, values, tap);
    for (const NodeId id : block.outputs) parts[id].push_back(kept(values[index(id)]));
  }
  Values outputs;
  for (const auto& [id, tensors] : parts) outputs[id] = torch::cat(tensors);
  return outputs;
}

/// Whether a node at or behind `from` reads the value.
bool is_read_from(const Graph& graph, NodeId value, NodeId from) {
  const auto behind = graph.nodes().subspan(index(from));
  return std::ranges::any_of(
      behind, [&](const Node& node) { return std::ranges::find(node.inputs, value) != node.inputs.end(); });
}

/// What a block learns from.
struct Lesson {
  Values float_inputs, quantized_inputs, wanted;
};

std::map<NodeId, double> square_errors(const Values& got, const Values& wanted) {
  std::map<NodeId, double> all;
  for (const auto& [id, value] : got) all[id] = (value - wanted.at(id)).square().mean().item<double>();
  return all;
}

/// The loss of a block: its outputs' square error, each as a share of what it was before learning.
Loss loss_of(const TorchExecutor& network, const Block& block, const Lesson& lesson,
             const std::map<NodeId, double>& errors_before) {
  return [&](const Tensor& rows, const Tap& tap, Drop drop) {
    std::vector<Tensor> values(network.graph().nodes().size());
    for (const auto& [id, rounded] : lesson.quantized_inputs) {
      const Drop own{drop.share, drop.seed + static_cast<std::uint32_t>(index(id))};
      values[index(id)] = mixed(rows_of(rounded, rows), rows_of(lesson.float_inputs.at(id), rows), own);
    }
    network.run_range(block.begin, block.end, values, tap);
    Tensor sum = torch::zeros({});
    for (const auto& [id, before] : errors_before) {
      const Tensor error = (values[index(id)] - rows_of(lesson.wanted.at(id), rows)).square().mean();
      sum = sum + error / std::max(before, 1e-30);
    }
    return sum;
  };
}

}  // namespace

QuantizedGraph with_learned_rounding(QuantizedGraph start, const Tensor& images, const MakeCodes& make_codes,
                                     const LearnOptions& options, const BlockProgress& progress) {
  const std::vector<Block> all = blocks(start.graph, start.units);
  const TorchExecutor network(start.graph);
  LearnedNetwork learned(std::move(start), make_codes);
  const Tensor pixels = kept(images);
  Values real{{NodeId{0}, pixels}}, quantized{{NodeId{0}, pixels}};
  for (std::size_t b = 0; b < all.size(); ++b) {
    const Block& block = all[b];
    const auto told = [&] {
      if (progress) progress(static_cast<int>(b), static_cast<int>(all.size()));
    };
    Lesson lesson{some(real, block.inputs), some(quantized, block.inputs), {}};
    lesson.wanted = propagated(network, block, lesson.float_inputs, {});
    const auto rounded = [&] {
      return propagated(network, block, lesson.quantized_inputs, learned.tap({}, {}));
    };
    const auto before = square_errors(rounded(), lesson.wanted);
    learned.open(block.begin, block.end);
    learn(learned, images.size(0), options, b, loss_of(network, block, lesson, before), told);
    learned.settle();
    Values after = rounded();
    real.merge(lesson.wanted);
    quantized.merge(after);
    std::erase_if(real,
                  [&](const auto& value) { return !is_read_from(network.graph(), value.first, block.end); });
    std::erase_if(quantized, [&](const auto& value) { return !real.contains(value.first); });
  }
  return learned.now();
}

}  // namespace zsq::quantize
