#include "analyze/study.h"

#include <ATen/Context.h>

#include "analyze/integer_values.h"
#include "analyze/plan_weights.h"
#include "analyze/tensor_study.h"
#include "graph/check.h"
#include "graph/op_traits.h"
#include "graph/rewrite.h"
#include "graph/torch/executor.h"
#include "images/torch/pixel_codec.h"
#include "quantize/prepare.h"
#include "runtime/step.h"

namespace zsq::analyze {
namespace {

namespace rt = zsq::runtime;
using report::Study;
using report::StudyLayer;

/// A step of the plan whose result is a value of the float network, too.
struct Watched {
  const rt::Step* step;
  NodeId value, layer;  // whose value it makes; the node that does the work
  rt::SlotId out;
};

class StudyRun {
 public:
  StudyRun(const Graph& graph, const rt::PlanFile& file, const torch::Tensor& images,
           const StudyOptions& options)
      : given_(graph),
        file_(file),
        network_(quantize::prepared(up_to_logits(graph))),
        options_(options),
        pixels_(images::to_pixels(images, file.metadata.preprocessing).contiguous()),
        gains_(equalization_gains(network_.graph(), file)),
        session_(rt::make_session(file.plan, rt::Device::cpu, {.threads = options.threads})) {
    find_watched();
  }

  Study run() {
    const at::NoGradGuard no_gradients;
    const std::int64_t n = pixels_.size(0);
    const auto batches = static_cast<double>((n + options_.batch - 1) / options_.batch);
    const auto each = [&](const std::string& what, double first, const auto& work) {
      for (std::int64_t i = 0; i < n; i += options_.batch) {
        if (options_.told) options_.told(what, first + static_cast<double>(i / options_.batch) / batches / 2);
        work(pixels_.slice(0, i, std::min(i + options_.batch, n)).contiguous());
      }
    };
    each("float values", 0, [&](const torch::Tensor& pixels) { watch_float(pixels); });
    each("errors", 0.5, [&](const torch::Tensor& pixels) { watch_errors(pixels); });
    return finished();
  }

 private:
  void find_watched() {
    const auto nodes = by_name(network_.graph());
    for (std::size_t i = 0; i < file_.plan.steps.size(); ++i) {
      const rt::SlotId out = rt::output(file_.plan.steps[i]);
      const auto value = nodes.find(file_.metadata.tensors[rt::index(out)].name);
      const auto layer = nodes.find(file_.metadata.steps[i]);
      if (value == nodes.end() || layer == nodes.end()) continue;
      if (!(network_.graph()[value->second].shape == file_.plan[out].shape)) continue;
      watched_.push_back({&file_.plan.steps[i], value->second, layer->second, out});
      tensors_.emplace_back(grid_of(out), gains_[rt::index(out)]);
    }
    check(watched_.size() > 1 && watched_.size() * 2 > file_.plan.steps.size(), Fault::data,
          "the plan's tensors ('", file_.metadata.tensors.back().name,
          "') are not those of the network; give the model it was made from");
  }

  Grid grid_of(rt::SlotId id) const {
    const rt::Slot& slot = file_.plan[id];
    const double scale = file_.metadata.tensors[rt::index(id)].scale;
    if (rt::is_wide(slot)) return {-1e300, 1e300, scale};
    const rt::Clamp range = rt::range_of(slot.bits);
    return {scale * (range.low - slot.zero_point), scale * (range.high - slot.zero_point), scale};
  }

  /// Every node's value, [n, c, h, w].
  std::vector<torch::Tensor> float_values(const torch::Tensor& pixels) const {
    std::vector<torch::Tensor> values(network_.graph().nodes().size());
    network_.run_all(images::from_pixels(pixels, file_.metadata.preprocessing),
                     {.after = [&](NodeId id, const torch::Tensor& v) { return values[index(id)] = v; }});
    return values;
  }

  void watch_float(const torch::Tensor& pixels) {
    const auto values = float_values(pixels);
    for (std::size_t w = 0; w < watched_.size(); ++w)
      tensors_[w].add_float(values[index(watched_[w].value)].to(torch::kFloat64));
  }

  /// All of the plan, on the cpu: by slot, [n, h, w, c].
  std::map<rt::SlotId, torch::Tensor> integers(const torch::Tensor& pixels) {
    std::map<rt::SlotId, torch::Tensor> all;
    std::vector<std::vector<std::int32_t>> outputs;
    std::vector<std::span<std::int32_t>> places;
    for (const rt::SlotId id : file_.plan.outputs) {
      const Shape& s = file_.plan[id].shape;
      outputs.emplace_back(static_cast<std::size_t>(pixels.size(0) * s.c * s.h * s.w));
    }
    for (auto& output : outputs) places.emplace_back(output);
    session_->run(
        {pixels.const_data_ptr<std::uint8_t>(), static_cast<std::size_t>(pixels.numel())}, places,
        [&](rt::SlotId id, const rt::TensorView& view) { all[id] = copied(view, file_.plan[id].shape); });
    return all;
  }

  torch::Tensor real(const torch::Tensor& integers, rt::SlotId id) const {
    return to_real(integers, file_, id, gains_[rt::index(id)]);
  }

  void watch_errors(const torch::Tensor& pixels) {
    const auto values = float_values(pixels);
    const auto all = integers(pixels);
    // The float network's, by slot; but pixels, which are integers in both.
    std::map<rt::SlotId, torch::Tensor> on_grids;
    for (const Watched& w : watched_)
      if (!std::holds_alternative<rt::Pixels>(*w.step))
        on_grids[w.out] = to_integers(values[index(w.value)], file_, w.out, gains_[rt::index(w.out)]);
    for (std::size_t i = 0; i < watched_.size(); ++i) {
      const Watched& w = watched_[i];
      const auto wanted = values[index(w.value)].to(torch::kFloat64);
      tensors_[i].add_accumulated(wanted, real(all.at(w.out), w.out));
      std::map<rt::SlotId, torch::Tensor> inputs;
      for (const rt::SlotId id : rt::inputs(*w.step))
        inputs[id] = on_grids.contains(id) ? on_grids[id] : all.at(id);
      const auto alone = real(step_alone(file_.plan, *w.step, inputs, pixels), w.out);
      tensors_[i].add_alone(wanted, alone);
      watch_output(i, values, alone);
    }
    watch_end(values, all);
  }

  /// The network's output, in float but for this one tensor.
  void watch_output(std::size_t i, std::vector<torch::Tensor> values, const torch::Tensor& alone) {
    const Graph& graph = network_.graph();
    const NodeId output = graph.outputs().front();
    const auto wanted = values[index(output)].to(torch::kFloat64);
    const NodeId here = watched_[i].value;
    values[index(here)] = alone.to(torch::kFloat);
    if (here < output) network_.run_range(NodeId(index(here) + 1), NodeId(index(output) + 1), values);
    tensors_[i].add_output(wanted, values[index(output)].to(torch::kFloat64));
  }

  void watch_end(const std::vector<torch::Tensor>& values, const std::map<rt::SlotId, torch::Tensor>& all) {
    const auto wanted = values[index(network_.graph().outputs().front())].to(torch::kFloat64);
    const rt::SlotId id = file_.plan.outputs.front();
    const auto got = real(all.at(id), id);
    end_.add(wanted, got);
    if (!classes(network_.graph())) return;
    const auto p = wanted.flatten(1).log_softmax(1), q = got.flatten(1).log_softmax(1);
    cross_entropy_ -= (p.exp() * q).sum().item<double>();
    entropy_ -= (p.exp() * p).sum().item<double>();
    agreeing_ += (p.argmax(1) == q.argmax(1)).sum().item<std::int64_t>();
  }

  StudyLayer layer_of(std::size_t i) const {
    const Watched& w = watched_[i];
    const rt::Kernel* kernel = rt::kernel_of(*w.step);
    StudyLayer layer{.name = network_.graph()[w.value].name, .step = std::string(rt::kind(*w.step))};
    layer.activation_bits = file_.plan[w.out].bits;
    tensors_[i].finish(layer);
    if (kernel == nullptr) return layer;
    layer.depthwise =
        kernel->groups > 1 && kernel->groups == kernel->outputs && kernel->inputs_per_group == 1;
    layer.step += " " + std::to_string(kernel->window.kernel.h) + "x" +
                  std::to_string(kernel->window.kernel.w) +
                  (layer.depthwise      ? " depthwise"
                   : kernel->groups > 1 ? " grouped"
                                        : "");
    layer.weight_bits = kernel->bits;
    add_weights(w, layer);
    return layer;
  }

  void add_weights(const Watched& w, StudyLayer& layer) const {
    const PlanWeights got = weights_of(file_, *w.step);
    if (!got.real.defined()) return;
    const torch::Tensor folded = float_weights(network_.graph()[w.layer].op, got.real);
    if (!folded.defined()) return;
    layer.weights_folded = spread_of_weights(folded);
    const auto nodes = by_name(given_);
    if (const auto before = nodes.find(network_.graph()[w.layer].name); before != nodes.end()) {
      const torch::Tensor given = float_weights(given_[before->second].op, got.real);
      if (given.defined()) layer.weights_given = spread_of_weights(given);
    }
    const auto wanted = equalized(folded, w);
    layer.weights_equalized = spread_of_weights(wanted);
    Noise noise;
    noise.add(wanted, got.real);
    layer.weight_sqnr_db = noise.db();
  }

  torch::Tensor equalized(const torch::Tensor& folded, const Watched& w) const {
    return folded * gains_[rt::index(w.out)].view({-1, 1, 1, 1}) /
           input_gain(*rt::kernel_of(*w.step), gains_[rt::index(rt::inputs(*w.step).front())]);
  }

  Study finished() const {
    Study study{.network = file_.metadata.network, .image_count = pixels_.size(0)};
    double noise = 0;
    for (const TensorStudy& t : tensors_) noise += t.output_noise();
    for (std::size_t i = 0; i < watched_.size(); ++i) {
      StudyLayer layer = layer_of(i);
      layer.noise_share = noise > 0 ? 100 * tensors_[i].output_noise() / noise : 0;
      const double before = study.layers.empty() ? 0 : study.layers.back().activations.range();
      layer.range_ratio = before > 0 ? layer.activations.range() / before : 1;
      study.layers.push_back(std::move(layer));
    }
    const auto n = static_cast<double>(pixels_.size(0));
    study.end.sqnr_db = end_.db();
    if (!classes(network_.graph())) return study;
    study.end.agreement = 100 * static_cast<double>(agreeing_) / n;
    study.end.cross_entropy = cross_entropy_ / n;
    study.end.float_entropy = entropy_ / n;
    study.end.divergence = std::max(0.0, (cross_entropy_ - entropy_) / n);
    return study;
  }

  const Graph& given_;
  const rt::PlanFile& file_;
  TorchExecutor network_;
  const StudyOptions& options_;
  torch::Tensor pixels_;
  std::vector<torch::Tensor> gains_;  // by slot
  std::unique_ptr<rt::Session> session_;
  std::vector<Watched> watched_;
  std::vector<TensorStudy> tensors_;  // one for each
  Noise end_;
  double cross_entropy_ = 0, entropy_ = 0;
  std::int64_t agreeing_ = 0;
};

}  // namespace

Study study(const Graph& graph, const rt::PlanFile& file, const torch::Tensor& images,
            const StudyOptions& options) {
  return StudyRun(graph, file, images, options).run();
}

}  // namespace zsq::analyze
