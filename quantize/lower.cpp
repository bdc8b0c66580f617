#include "quantize/lower.h"

#include <algorithm>
#include <cmath>

#include "graph/check.h"
#include "quantize/calibrate.h"
#include "quantize/lower_layer.h"
#include "quantize/lower_tail.h"
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
      : quantized_(quantized), graph_(quantized.graph), pixels_(pixels), tail_(graph_) {
    plan_.slot.resize(graph_.nodes().size());
  }

  rt::PlanFile run() {
    plan_.file.plan.image = graph_.input_shape();
    plan_.file.metadata.preprocessing = pixels_;
    TailLowering tail(quantized_, tail_, plan_);
    auto unit = quantized_.units.begin();
    for (std::size_t i = 0; i < graph_.nodes().size(); ++i) {
      if (tail_.contains(NodeId(i))) tail.lower(NodeId(i));
      for (; unit != quantized_.units.end() && unit->last == NodeId(i); ++unit) lower_unit(*unit);
    }
    for (const NodeId id : graph_.outputs()) plan_.file.plan.outputs.push_back(slot(id));
    rt::validate(plan_.file.plan);
    return std::move(plan_.file);
  }

 private:
  void lower_unit(const Unit& unit) {
    unit_ = &unit;
    std::visit([&](const auto& op) { lower(op); }, graph_[unit.head].op);
  }

  const QParams& grid(NodeId id) const { return *quantized_.activation[index(id)]; }
  const QParams& out_grid() const { return grid(unit_->last); }
  rt::SlotId slot(NodeId id) const { return *plan_.slot[index(id)]; }
  const Node& head() const { return graph_[unit_->head]; }
  NodeId source(std::size_t i = 0) const { return head().inputs[i]; }

  rt::SlotId output() {
    const Node& node = graph_[unit_->last];
    const rt::SlotId id = plan_.add_slot(node.name, node.shape, out_grid());
    plan_.slot[index(unit_->last)] = id;
    return id;
  }
  void emit(rt::Step step) { plan_.emit(std::move(step), head().name); }

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
    LoweredLayer layer =
        lower_kernel(op, quantized_.weight.at(unit_->head), grid(source()), image_behind(graph_, source()),
                     std::ldexp(out_grid().scale, -kFractionBits));
    step.kernel = std::move(layer.kernel);
    std::optional<QParams> residual;
    if (unit_->residual) {
      residual = grid(*unit_->residual);
      step.residual = rt::Residual{slot(*unit_->residual), {}, {}};
    }
    step.clamp = bounds(out_grid(), unit_->clamp);
    lower_epilogue(step, layer.accumulator_scale, plan_.file.plan[step.in], out_grid(), residual);
    step.out = output();
    emit(std::move(step));
  }

  void lower(const Add&) {
    const AddMultipliers f = add_factors(grid(source(0)), grid(source(1)), out_grid(), head().name);
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
  void lower(const Flatten&) { plan_.slot[index(unit_->last)] = slot(source()); }
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
    const rt::SlotId out = plan_.add_slot(name, graph_[id].shape, wanted);
    plan_.emit(rt::Table{slot(id), out, table(grid(id), wanted, [](double x) { return x; })}, name);
    return out;
  }

  void lower(const PixelShuffle& op) { emit(rt::PixelShuffle{slot(source()), output(), op.factor}); }
  void lower(const PixelUnshuffle& op) { emit(rt::PixelUnshuffle{slot(source()), output(), op.factor}); }
  void lower(const Upsample& op) {
    const rt::SlotId in = slot(source()), out = output();
    const double weights = 4.0 * op.factor.h * op.factor.w;
    switch (op.mode) {
      case Upsample::Mode::nearest: return emit(rt::UpsampleNearest{in, out, op.factor});
      case Upsample::Mode::bilinear:
        return emit(rt::Upsample{in, out, op.factor,
                                 rt::to_rescale(grid(source()).scale / (weights * out_grid().scale)),
                                 bounds(out_grid(), unit_->clamp)});
    }
  }

  void lower(const ConvTranspose2d&) { refuse(); }
  void lower(const BatchNorm2d&) { refuse(); }
  void lower(const Softmax&) { refuse(); }
  [[noreturn]] void refuse() const {
    fail(Fault::unsupported, head().name, ": ", why_unsupported(graph_, unit_->head));
  }

  const QuantizedGraph& quantized_;
  const Graph& graph_;
  const Preprocessing& pixels_;
  const Tail tail_;
  UnfinishedPlan plan_;
  const Unit* unit_ = nullptr;  // being lowered
};

}  // namespace

rt::PlanFile lower(const QuantizedGraph& quantized, const Preprocessing& pixels) {
  check_supported(quantized.graph);
  return Lowering(quantized, pixels).run();
}

}  // namespace zsq::quantize
