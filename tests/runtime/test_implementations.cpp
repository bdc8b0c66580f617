#include "tests/runtime/test_implementations.h"

#include <algorithm>
#include <memory>

#include "runtime/cpu/portable/loop_implementation.h"
#include "runtime/layout.h"
#include "runtime/reference/compute.h"
#include "runtime/step.h"
#include "tests/runtime/emulated/sets.h"

namespace zsq::runtime {
namespace {

using cpu::Implementation;
using cpu::Scratch;
using cpu::StageKernel;
using cpu::Units;

/// Another implementation on padded slots.
class Padded final : public Implementation {
 public:
  explicit Padded(const Implementation& inner) : inner_(inner) {}
  std::string_view name() const override { return inner_.name(); }
  std::size_t takes(const Plan& plan, std::size_t first, std::size_t most) const override {
    return inner_.takes(plan, first, most);
  }
  std::int64_t channel_multiple(const Plan&, Stage, SlotId slot) const override {
    return std::int64_t{8} << (index(slot) % 3);
  }
  std::unique_ptr<StageKernel> make(const Plan& plan, Stage stage, const Layouts& layouts) const override {
    return inner_.make(plan, stage, layouts);
  }

 private:
  const Implementation& inner_;
};

/// The reference on two steps, with what lies between them in memory of its own. A unit is an image.
class PairKernel final : public StageKernel {
 public:
  PairKernel(const Plan& plan, std::size_t first) : plan_(plan), first_(first) {}
  std::int64_t units(std::int64_t images) const override { return images; }
  void run(const Batch& batch, Units images, Scratch&) const override {
    const SlotId between = output(plan_.steps[first_]);
    std::vector<std::int32_t> own(static_cast<std::size_t>(batch.images * plan_[between].shape.size()));
    Batch mine = batch;
    mine.slots[index(between)] = reinterpret_cast<std::byte*>(own.data());
    for (const Step& step : {plan_.steps[first_], plan_.steps[first_ + 1]}) {
      const std::int64_t rows = plan_[output(step)].shape.h;
      reference::compute(plan_, step, mine, {images.begin * rows, images.end * rows});
    }
  }

 private:
  const Plan& plan_;
  std::size_t first_;
};

class Pairs final : public Implementation {
 public:
  std::string_view name() const override { return "pairs"; }

  /// Where nobody but the second step needs what the first one makes.
  std::size_t takes(const Plan& plan, std::size_t first, std::size_t most) const override {
    if (most < 2) return 0;
    const SlotId between = output(plan.steps[first]);
    if (std::ranges::count(plan.outputs, between) > 0) return 0;
    for (std::size_t i = 0; i < plan.steps.size(); ++i) {
      const bool reads = std::ranges::count(inputs(plan.steps[i]), between) > 0;
      if (reads != (i == first + 1)) return 0;
    }
    return 2;
  }
  std::int64_t channel_multiple(const Plan& plan, Stage stage, SlotId slot) const override {
    return slot == output(plan.steps[stage.first]) ? 0 : 1;
  }
  std::unique_ptr<StageKernel> make(const Plan& plan, Stage stage, const Layouts&) const override {
    return std::make_unique<PairKernel>(plan, stage.first);
  }
};

}  // namespace

std::vector<CpuPath> cpu_paths_to_test() {
  static const auto kPadded = [] {
    std::vector<Padded> padded;
    for (const Implementation* one : cpu::implementations()) padded.emplace_back(*one);
    return padded;
  }();
  static const Pairs kPairs;
  const auto all = cpu::implementations();
  std::vector<CpuPath> paths;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string name(all[i]->name());
    paths.push_back({name, {all.begin() + static_cast<std::ptrdiff_t>(i), all.end()}});
    paths.push_back({name + "_padded", {}});
    for (std::size_t j = i; j < all.size(); ++j) paths.back().implementations.push_back(&kPadded[j]);
  }
  static const auto kEmulated = [] {
    std::vector<std::unique_ptr<Implementation>> emulated;
    for (const cpu::InstructionSet& set : emulated_sets())
      emulated.push_back(cpu::make_loop_implementation(set));
    return emulated;
  }();
  for (const auto& one : kEmulated)
    paths.push_back({std::string(one->name()) + "_emulated", {one.get(), all.back()}});
  paths.push_back({"pairs", {&kPairs}});
  paths.back().implementations.insert(paths.back().implementations.end(), all.begin(), all.end());
  return paths;
}

}  // namespace zsq::runtime
