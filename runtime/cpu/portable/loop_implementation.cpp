#include "runtime/cpu/portable/loop_implementation.h"

#include "runtime/avx2_form.h"
#include "runtime/cpu/portable/channels.h"
#include "runtime/cpu/portable/step_kernels.h"
#include "runtime/cpu/tiles/step_kernels.h"
#include "runtime/step.h"

namespace zsq::runtime::cpu {
namespace {

class LoopImplementation final : public Implementation {
 public:
  explicit LoopImplementation(const InstructionSet& set)
      : name_(set.name), loops_(*set.loops), tiles_(set.tiles) {}

  std::string_view name() const override { return name_; }

  std::size_t takes(const Plan& plan, std::size_t first, std::size_t) const override {
    return std::visit([&](const auto& s) { return has_kernel(plan, s); }, plan.steps[first]) ? 1 : 0;
  }

  std::int64_t packed_bytes(const Plan& plan, Stage stage) const override {
    const Step& step = plan.steps[stage.first];
    const auto tiled = std::visit([&](const auto& s) { return bytes_of_tiles(plan, s); }, step);
    if (tiled) return *tiled;
    if (const auto* conv = std::get_if<Conv2d>(&step))
      return cpu::packed_bytes(
          is_depthwise(conv->kernel) ? Blocks{1, conv->kernel.outputs} : grouped_blocks(conv->kernel),
          conv->kernel);
    if (const auto* conv = std::get_if<WideConv2d>(&step))
      return cpu::packed_bytes(grouped_blocks(conv->kernel), conv->kernel);
    return 0;
  }

  std::string way(const Plan& plan, Stage stage) const override {
    const Step& step = plan.steps[stage.first];
    if (kernel_of(step) == nullptr) return "";
    if (!std::visit([&](const auto& s) { return bytes_of_tiles(plan, s).has_value(); }, step)) return "loops";
    if (std::visit([&](const auto& s) { return reads_nibbles(plan, s); }, step))
      return "tiles, packed 4 bits";
    if (tiles_->narrow == nullptr) return "tiles";
    const auto form = avx2_form(plan, step);
    return form && form->is_narrow ? "tiles, 16-bit sums" : "tiles";
  }

  std::unique_ptr<StageKernel> make(const Plan& plan, Stage stage, const Layouts& layouts) const override {
    return std::visit([&](const auto& s) { return kernel(plan, s, layouts); }, plan.steps[stage.first]);
  }

 private:
  using Made = std::unique_ptr<StageKernel>;

  static bool has_kernel(const Plan&, const Pixels&) { return true; }
  static bool has_kernel(const Plan&, const Conv2d&) { return true; }
  static bool has_kernel(const Plan&, const WideConv2d&) { return true; }
  static bool has_kernel(const Plan&, const Table&) { return true; }
  static bool has_kernel(const Plan&, const Add&) { return true; }
  static bool has_kernel(const Plan& plan, const MaxPool& s) { return !is_wide(plan[s.in]); }
  static bool has_kernel(const Plan&, const AvgPool&) { return true; }
  static bool has_kernel(const Plan& plan, const Concat& s) { return !is_wide(plan[s.out]); }
  static bool has_kernel(const Plan& plan, const Slice& s) { return !is_wide(plan[s.out]); }
  static bool has_kernel(const Plan& plan, const Pad& s) { return !is_wide(plan[s.out]); }
  // Rare, or only moving values; one line each, so that a new step asks the question.
  static bool has_kernel(const Plan&, const Mul&) { return false; }
  static bool has_kernel(const Plan&, const Upsample&) { return false; }
  static bool has_kernel(const Plan&, const ChannelShuffle&) { return false; }
  static bool has_kernel(const Plan&, const PixelShuffle&) { return false; }
  static bool has_kernel(const Plan&, const PixelUnshuffle&) { return false; }
  static bool has_kernel(const Plan&, const UpsampleNearest&) { return false; }
  static bool has_kernel(const Plan&, const WideTable&) { return false; }
  static bool has_kernel(const Plan&, const WideAdd&) { return false; }
  static bool has_kernel(const Plan&, const WideAvgPool&) { return false; }
  static bool has_kernel(const Plan&, const WideActivation&) { return false; }
  static bool has_kernel(const Plan&, const WideUpsample&) { return false; }

  /// Nothing where the step is not for tiles.
  std::optional<std::int64_t> bytes_of_tiles(const Plan& plan, const auto& s) const {
    if constexpr (requires { s.kernel; })
      if (tiles_ != nullptr && has_tiles(plan, s)) return packed_bytes_of_tiles(s.kernel, *tiles_);
    return std::nullopt;
  }

  bool reads_nibbles(const Plan& plan, const auto& s) const {
    if constexpr (requires { s.kernel; }) return has_nibble_tiles(plan, s, *tiles_);
    return false;
  }

  Made kernel(const Plan& plan, const Conv2d& s, const Layouts& layouts) const {
    if (tiles_ != nullptr && has_tiles(plan, s)) return make_tiles(plan, s, *tiles_, layouts);
    return is_depthwise(s.kernel) ? make_depthwise(plan, s, loops_)
                                  : make_convolution(plan, s, loops_, layouts[index(s.in)]);
  }
  Made kernel(const Plan& plan, const WideConv2d& s, const Layouts& layouts) const {
    if (tiles_ != nullptr && has_tiles(plan, s)) return make_tiles(plan, s, *tiles_, layouts);
    return make_convolution(plan, s, loops_, layouts[index(s.in)]);
  }
  Made kernel(const Plan& plan, const Add& s, const Layouts&) const { return make_add(plan, s, loops_); }
  Made kernel(const Plan& plan, const Pixels& s, const Layouts& layouts) const {
    if (tiles_ != nullptr && has_tiles(plan, s, layouts)) return make_tiles(plan, s, *tiles_);
    return make_pixels(plan, s);
  }
  Made kernel(const Plan& plan, const Concat& s, const Layouts&) const { return make_moves(plan, s); }
  Made kernel(const Plan& plan, const Slice& s, const Layouts&) const { return make_moves(plan, s); }
  Made kernel(const Plan& plan, const Pad& s, const Layouts&) const { return make_moves(plan, s); }
  Made kernel(const Plan& plan, const Table& s, const Layouts&) const { return make_table(plan, s); }
  Made kernel(const Plan& plan, const MaxPool& s, const Layouts&) const { return make_max_pool(plan, s); }
  Made kernel(const Plan& plan, const AvgPool& s, const Layouts&) const { return make_avg_pool(plan, s); }
  template <class Other>
  Made kernel(const Plan&, const Other&, const Layouts&) const {
    return nullptr;  // never taken
  }

  std::string_view name_;
  const Kernels& loops_;
  const TileKernels* tiles_;  // may be null
};

}  // namespace

std::unique_ptr<Implementation> make_loop_implementation(const InstructionSet& set) {
  return std::make_unique<LoopImplementation>(set);
}

}  // namespace zsq::runtime::cpu
