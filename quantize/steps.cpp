#include "quantize/steps.h"

#include <algorithm>

#include "graph/op_traits.h"
#include "quantize/bias_correction.h"
#include "quantize/calibrate.h"
#include "quantize/channel_ranges.h"
#include "quantize/equalize.h"
#include "quantize/learned/learned_steps.h"
#include "quantize/lower_layer.h"
#include "quantize/precision.h"
#include "quantize/round_weights.h"
#include "quantize/second_order.h"

namespace zsq::quantize {
namespace {

QuantizedGraph calibrated(Graph prepared, const Preprocessing& pixels, const torch::Tensor& images,
                          const Scheme& scheme) {
  QuantizedGraph q{std::move(prepared), {}, {}, {}};
  q.units = units(q.graph);
  q.activation = calibrate_activations(TorchExecutor(q.graph), q.units, images, pixels, scheme);
  return q;
}

State rounded(State state, const Scheme& scheme, Rounding rounding) {
  Scheme with = scheme;
  with.rounding = state.rounding = rounding;
  state.network.weight = quantize_weights(state.network, with);
  return state;
}

State corrected(State state, const torch::Tensor& images) {
  state.network.graph = correct_biases(state.network, images);
  state.is_corrected = true;
  return state;
}

bool corrects(const Scheme& scheme) { return scheme.bias_correction == BiasCorrection::empirical; }

/// By the inputs of the network as it is, so that it is best corrected before; what was corrected was for
/// other weights, and is found anew.
State rounded_by_second_order(State state, const torch::Tensor& images) {
  state.network = with_second_order_rounding(std::move(state.network), images);
  state.rounding = Rounding::second_order;
  if (!state.is_corrected) return state;
  state.network.graph = *state.uncorrected;
  return corrected(std::move(state), images);
}

/// From the start, on the equalized network, what `like` has gone through.
State equalized(const State& like, const Graph& prepared, const Preprocessing& pixels,
                const torch::Tensor& images, const Scheme& scheme) {
  const auto ranges = observe_channels(TorchExecutor(prepared), like.network.units, images,
                                       scheme.activation_range, scheme.activation_bits);
  State state = calibrated_state(equalize(prepared, like.network.units, ranges), pixels, images, scheme);
  state = rounded(std::move(state), scheme, std::min(like.rounding, Rounding::sum_preserving));
  if (corrects(scheme)) state = corrected(std::move(state), images);
  return like.rounding == Rounding::second_order ? rounded_by_second_order(std::move(state), images) : state;
}

}  // namespace

std::map<NodeId, QuantizedWeight> quantize_weights(const QuantizedGraph& q, const Scheme& scheme) {
  std::map<NodeId, QuantizedWeight> all;
  const Precision precision = choose_precision(q.graph, q.units, scheme);
  for (std::size_t i = 0; i < q.graph.nodes().size(); ++i) {
    const Node& node = q.graph.nodes()[i];
    const Array* weight = weight_of(node.op);
    if (weight == nullptr) continue;
    const auto smallest = smallest_scales(*bias_of(node.op), *q.activation[index(node.inputs[0])]);
    Scheme here = scheme;
    here.weight_bits = precision.nodes[i].weight->bits;
    all.emplace(NodeId(i), quantize_weight(*weight, smallest, here));
  }
  return all;
}

State calibrated_state(Graph prepared, const Preprocessing& pixels, const torch::Tensor& images,
                       const Scheme& scheme) {
  State state{calibrated(std::move(prepared), pixels, images, scheme)};
  state.uncorrected = std::make_shared<const Graph>(state.network.graph);
  return state;
}

std::vector<Step> steps_for(const Graph& prepared, const State& start, const Preprocessing& pixels,
                            const Scheme& scheme, const Progress& told) {
  const auto to = [&scheme](Rounding rounding) {
    return [&scheme, rounding](const State& s, const torch::Tensor&) { return rounded(s, scheme, rounding); };
  };
  // Its headroom is for images other than those of calibration, which do not miss it.
  constexpr double kPriceOfHeadroom = 0.3;
  const auto rounds_to = [wanted = rounding_of(scheme)](Rounding least) {
    return [wanted, least](const State&) { return wanted >= least; };
  };
  const auto is_not_corrected = [&scheme](const State& s) { return corrects(scheme) && !s.is_corrected; };
  return {
      {"nearest rounding", rounds_to(Rounding::nearest), to(Rounding::nearest)},
      {"sum-preserving rounding", rounds_to(Rounding::sum_preserving), to(Rounding::sum_preserving)},
      {"bias correction", is_not_corrected, corrected},
      {"second-order rounding", rounds_to(Rounding::second_order), rounded_by_second_order},
      // Once more where it was undone: what was left of the weights' error hid what it is worth.
      {"bias correction again",
       [=](const State& s) { return is_not_corrected(s) && s.rounding == Rounding::second_order; },
       corrected},
      {"equalization",
       [&](const State&) {
         return scheme.equalization == Equalization::depthwise && can_equalize(prepared, start.network.units);
       },
       [&](const State& s, const torch::Tensor& images) {
         return equalized(s, prepared, pixels, images, scheme);
       },
       kPriceOfHeadroom},
      {.name = "learned rounding",
       .applies = rounds_to(Rounding::learned),
       .change = [&](const State& s,
                     const torch::Tensor& images) { return with_blocks_learned(s, images, scheme, told); },
       .once = true},
      {.name = "distillation",
       .applies = [](const State& s) { return s.rounding == Rounding::learned; },
       .change = [&](const State& s,
                     const torch::Tensor& images) { return with_network_distilled(s, images, scheme, told); },
       .once = true}};
}

}  // namespace zsq::quantize
