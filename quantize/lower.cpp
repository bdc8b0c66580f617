#include "quantize/lower.h"

#include <algorithm>
#include <cmath>

#include "graph/check.h"
#include "quantize/calibrate.h"
#include "quantize/lower_layer.h"
#include "quantize/lower_values.h"
#include "quantize/supported.h"

namespace zsq::quantize {
namespace {

namespace rt = zsq::runtime;

/// Of a constant channel's accumulator, below one output step.
constexpr int kFractionBits = 7;

class Lowering {
 public:
  Lowering(const QuantizedGraph& quantized, const Preprocessing& pixels)
      : quantized_(quantized), graph_(quantized.graph), pixels_(pixels), slot_(graph_.nodes().size()) {}

  rt::PlanFile run() {
    file_.plan.image = graph_.input_shape();
    file_.metadata.preprocessing = pixels_;
    const auto logits = logits_layer(graph_);
    for (const Unit& unit : quantized_.units) {
      if (logits && unit.last >= *logits) break;  // behind the logits there is only flattening
      unit_ = &unit;
      std::visit([&](const auto& op) { lower(op); }, graph_[unit.head].op);
    }
    finish(logits);
    rt::validate(file_.plan);
    return std::move(file_);
  }

 private:
  const QParams& grid(NodeId id) const { return *quantized_.activation[index(id)]; }
  const QParams& out_grid() const { return grid(unit_->last); }
  rt::SlotId slot(NodeId id) const { return *slot_[index(id)]; }
  const Node& head() const { return graph_[unit_->head]; }
  NodeId source(std::size_t i = 0) const { return head().inputs[i]; }

  rt::SlotId add_slot(const std::string& name, const Shape& shape, const QParams& q) {
    file_.plan.slots.push_back({shape, q.bits, q.zero_point});
    file_.metadata.tensors.push_back({name, q.scale});
    return rt::SlotId(std::ssize(file_.plan.slots) - 1);
  }
  rt::SlotId output() {
    const Node& node = graph_[unit_->last];
    const rt::SlotId id = add_slot(node.name, node.shape, out_grid());
    slot_[index(unit_->last)] = id;
    return id;
  }
  void emit(rt::Step step) { emit(std::move(step), head().name); }
  void emit(rt::Step step, const std::string& name) {
    file_.plan.steps.push_back(std::move(step));
    file_.metadata.steps.push_back(name);
  }

  void lower(const Input&) {
    rt::Pixels step = lower_pixels(pixels_, out_grid());
    step.out = output();
    emit(std::move(step));
  }

  void lower(const Conv2d& op) { lower_layer(op); }
  void lower(const Linear& op) { lower_layer(op); }
  void lower_layer(const Op& op) {
    rt::Conv2d step{
        .in = slot(source()), .out = {}, .kernel = {}, .rescale = {}, .clamp = {}, .residual = {}};
    LoweredLayer layer = lower_kernel(op, quantized_.weight.at(unit_->head), grid(source()), in_shape(),
                                      std::ldexp(out_grid().scale, -kFractionBits));
    step.kernel = std::move(layer.kernel);
    std::optional<QParams> residual;
    if (unit_->residual) {
      residual = grid(*unit_->residual);
      step.residual = rt::Residual{slot(*unit_->residual), {}, {}};
    }
    step.clamp = bounds(out_grid(), unit_->clamp);
    lower_epilogue(step, layer.accumulator_scale, file_.plan[step.in], out_grid(), residual);
    step.out = output();
    emit(std::move(step));
  }
  /// Of a layer's input, looking through flattening.
  Shape in_shape() const {
    NodeId id = source();
    while (std::holds_alternative<Flatten>(graph_[id].op)) id = graph_[id].inputs[0];
    return graph_[id].shape;
  }

  void lower(const Add&) {
    const AddFactors f = add_factors(grid(source(0)), grid(source(1)), out_grid(), head().name);
    emit(rt::Add{.a = slot(source(0)),
                 .b = slot(source(1)),
                 .out = output(),
                 .a_multiplier = f.a,
                 .b_multiplier = f.b,
                 .shift = f.shift,
                 .clamp = bounds(out_grid(), unit_->clamp)});
  }
  void lower(const Mul&) {
    const double factor = grid(source(0)).scale * grid(source(1)).scale / out_grid().scale;
    emit(rt::Mul{slot(source(0)), slot(source(1)), output(), rt::to_rescale(factor),
                 bounds(out_grid(), unit_->clamp)});
  }

  void lower(const AvgPool2d& op) {
    const int places = op.window.kernel.h * op.window.kernel.w;
    const bool constant = op.padded == Padded::included || op.window.padding == Padding{};
    average(op.window, constant ? places : 1, places);
  }
  void lower(const GlobalAvgPool&) {
    const Shape& in = graph_[source()].shape;
    const int places = static_cast<int>(in.h * in.w);
    average({{static_cast<int>(in.h), static_cast<int>(in.w)}, {}, {}, {}}, places, places);
  }
  /// first..last: the divisors there are rescales for.
  void average(const Window& window, int first, int last) {
    rt::AvgPool step{slot(source()), output(), window, {}, bounds(out_grid(), unit_->clamp)};
    for (int n = first; n <= last; ++n)
      step.rescale.push_back(rt::to_rescale(grid(source()).scale / (n * out_grid().scale)));
    emit(std::move(step));
  }

  void tabulate(const std::function<double(double)>& function) {
    const rt::SlotId in = slot(source());
    emit(rt::Table{in, output(), table(grid(source()), out_grid(), function)});
  }
  void lower(const Pointwise& op) {
    tabulate([&](double x) { return apply(op, x); });
  }
  void lower(const Clamp& op) {
    tabulate([&](double x) { return std::clamp<double>(x, op.low, op.high); });
  }

  void lower(const MaxPool2d& op) { emit(rt::MaxPool{slot(source()), output(), op.window}); }
  void lower(const zsq::Slice& op) { emit(rt::Slice{slot(source()), output(), op}); }
  void lower(const ChannelShuffle& op) { emit(rt::ChannelShuffle{slot(source()), output(), op.groups}); }
  void lower(const zsq::Pad& op) {
    const auto value = static_cast<std::int8_t>(out_grid().code(op.value));
    emit(rt::Pad{slot(source()), output(), op, value});
  }
  void lower(const Flatten&) { slot_[index(unit_->last)] = slot(source()); }
  void lower(const Concat&) {
    rt::Concat step;
    for (const NodeId input : head().inputs) step.in.push_back(on_grid(input, out_grid()));
    step.out = output();
    emit(std::move(step));
  }
  /// The slot of a value on another grid: a step of its own where the two differ.
  rt::SlotId on_grid(NodeId id, const QParams& wanted) {
    if (grid(id) == wanted) return slot(id);
    const std::string name = head().name + ".rescale_" + graph_[id].name;
    const rt::SlotId out = add_slot(name, graph_[id].shape, wanted);
    emit(rt::Table{slot(id), out, table(grid(id), wanted, [](double x) { return x; })}, name);
    return out;
  }

  template <class Other>
  void lower(const Other&) {
    fail(Fault::unsupported, head().name, ": ", why_unsupported(graph_, unit_->head));
  }

  void finish(const std::optional<NodeId>& logits) {
    const Node& last = graph_[logits.value_or(graph_.output())];
    check(last.shape.h == 1 && last.shape.w == 1, Fault::unsupported, last.name, ": the network's output is ",
          last.shape, ", zsq quantizes classifiers, whose output is [1,classes,1,1]");
    if (!logits) {
      const QParams& out = grid(graph_.output());
      rt::WideTable step{.in = slot(graph_.output()), .out = add_wide(last, out.scale)};
      for (std::size_t i = 0; i < step.values.size(); ++i)
        step.values[i] = static_cast<int>(i) - 128 - out.zero_point;
      emit(step, last.name + ".widen");
      return;
    }
    const NodeId source = last.inputs[0];
    NodeId image = source;
    while (std::holds_alternative<Flatten>(graph_[image].op)) image = graph_[image].inputs[0];
    const QuantizedWeight& weight = quantized_.weight.at(*logits);
    const double scale = grid(source).scale * *std::ranges::max_element(weight.scale);
    LoweredLayer layer = lower_kernel(last.op, weight, grid(source), graph_[image].shape, scale);
    rt::WideConv2d step{.in = slot(source), .kernel = std::move(layer.kernel), .multiplier = {}, .shift = {}};
    const double wide_scale = lower_wide(step, layer.accumulator_scale, file_.plan[step.in]);
    step.out = add_wide(last, wide_scale);
    emit(std::move(step), last.name);
  }
  /// The slot of the logits, which is the output.
  rt::SlotId add_wide(const Node& node, double scale) {
    file_.plan.slots.push_back({node.shape, rt::kWideBits, 0});
    file_.metadata.tensors.push_back({node.name, scale});
    const auto id = rt::SlotId(std::ssize(file_.plan.slots) - 1);
    file_.plan.outputs = {id};
    return id;
  }

  const QuantizedGraph& quantized_;
  const Graph& graph_;
  const Preprocessing& pixels_;
  std::vector<std::optional<rt::SlotId>> slot_;  // per node
  rt::PlanFile file_;
  const Unit* unit_ = nullptr;  // being lowered
};

}  // namespace

rt::PlanFile lower(const QuantizedGraph& quantized, const Preprocessing& pixels) {
  check_supported(quantized.graph);
  return Lowering(quantized, pixels).run();
}

}  // namespace zsq::quantize
