#include "analyze/plan_weights.h"

#include <cmath>

#include <nlohmann/json.hpp>

#include "graph/op_traits.h"
#include "runtime/step.h"

namespace zsq::analyze {
namespace {

namespace rt = zsq::runtime;

/// The real value of one unit of each output's accumulator.
std::vector<double> accumulator_scales(const rt::PlanFile& file, const rt::Step& step) {
  const double out = file.metadata.tensors[rt::index(rt::output(step))].scale;
  std::vector<double> scales;
  if (const auto* narrow = std::get_if<rt::Conv2d>(&step))
    for (const rt::Rescale& r : narrow->rescale)
      scales.push_back(std::ldexp(r.multiplier * out, -(r.first_shift + r.second_shift)));
  if (const auto* wide = std::get_if<rt::WideConv2d>(&step))
    for (std::size_t o = 0; o < wide->multiplier.size(); ++o)
      scales.push_back(std::ldexp(wide->multiplier[o] * out, -wide->shift[o]));
  return scales;
}

bool is_equalized(const rt::PlanFile& file) {
  const auto recipe = nlohmann::json::parse(file.metadata.recipe, nullptr, /*allow_exceptions=*/false);
  if (!recipe.is_object() || !recipe.contains("steps_kept")) return false;
  for (const auto& step : recipe["steps_kept"])
    if (step == "equalization") return true;
  return false;
}

}  // namespace

torch::Tensor input_gain(const rt::Kernel& kernel, const torch::Tensor& gain) {
  if (kernel.groups == 1) return gain.view({1, -1, 1, 1});
  const auto per_group = gain.view({kernel.groups, -1});  // [groups, in / groups]
  return per_group.repeat_interleave(kernel.outputs / kernel.groups, 0).unsqueeze(-1).unsqueeze(-1);
}

std::map<std::string, NodeId> by_name(const Graph& graph) {
  std::map<std::string, NodeId> all;
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) all.emplace(graph.nodes()[i].name, NodeId(i));
  return all;
}

PlanWeights weights_of(const rt::PlanFile& file, const rt::Step& step) {
  const rt::Kernel* kernel = rt::kernel_of(step);
  const auto scales = accumulator_scales(file, step);
  if (kernel == nullptr || std::ssize(scales) != kernel->outputs) return {};
  const double in = file.metadata.tensors[rt::index(rt::inputs(step).front())].scale;
  const auto codes =
      torch::tensor(at::ArrayRef<std::int8_t>(kernel->weight.data(), kernel->weight.size()))
          .view({kernel->outputs, kernel->window.kernel.h, kernel->window.kernel.w, kernel->inputs_per_group})
          .permute({0, 3, 1, 2});
  const auto scale = torch::tensor(scales, torch::kFloat64) / in;
  return {codes.to(torch::kFloat64) * scale.view({-1, 1, 1, 1}), scale};
}

torch::Tensor float_weights(const Op& layer, const torch::Tensor& like) {
  const Array* weight = weight_of(layer);
  if (weight == nullptr || std::ssize(weight->values) != like.numel()) return {};
  const auto flat = torch::tensor(at::ArrayRef<float>(weight->values.data(), weight->values.size()));
  return flat.to(torch::kFloat64).view(like.sizes());
}

std::vector<torch::Tensor> equalization_gains(const Graph& prepared, const rt::PlanFile& file) {
  std::vector<torch::Tensor> gains;
  for (const rt::Slot& slot : file.plan.slots) gains.push_back(torch::ones({slot.shape.c}, torch::kFloat64));
  if (!is_equalized(file)) return gains;
  const auto nodes = by_name(prepared);
  for (std::size_t i = 0; i < file.plan.steps.size(); ++i) {
    const rt::Step& step = file.plan.steps[i];
    auto& gain = gains[rt::index(rt::output(step))];
    if (std::holds_alternative<rt::MaxPool>(step) || std::holds_alternative<rt::AvgPool>(step)) {
      gain = gains[rt::index(rt::inputs(step).front())];
      continue;
    }
    const auto node = nodes.find(file.metadata.steps[i]);
    const PlanWeights got = weights_of(file, step);
    if (node == nodes.end() || !got.real.defined()) continue;
    const torch::Tensor wanted = float_weights(prepared[node->second].op, got.real);
    if (!wanted.defined()) continue;
    const auto& of_input = gains[rt::index(rt::inputs(step).front())];
    const auto found = got.real * input_gain(*rt::kernel_of(step), of_input);
    const auto energy = wanted.square().sum({1, 2, 3});
    const auto along = (found * wanted).sum({1, 2, 3});
    const auto ratio = along / energy.clamp_min(1e-30);
    // Factors are at least 1; what rounding made of the other channels is no factor.
    gain = torch::where(ratio > 1.03, ratio, torch::ones_like(ratio));
  }
  return gains;
}

}  // namespace zsq::analyze
