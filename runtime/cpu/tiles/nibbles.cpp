#include <span>

#include "runtime/cpu/tiles/blocks.h"
#include "runtime/cpu/tiles/endings.h"
#include "runtime/cpu/tiles/results.h"
#include "runtime/cpu/tiles/step_kernels.h"
#include "runtime/cpu/tiles/viewer.h"
#include "runtime/nibble_weights.h"

namespace zsq::runtime::cpu {
namespace {

/// [block][taps][pairs of words][vectors][lanes][4 bytes]: the first word's weights in the lower halves.
Packed<std::int8_t> pack(const Kernel& kernel, const std::vector<Block>& blocks, const TileKernels& tiles,
                         const Viewer& viewer) {
  const std::int64_t lanes = tiles.lanes;
  const auto more = static_cast<unsigned>(tiles.nibble_factor_bits > 0 ? 0 : 8);
  const std::int64_t run = viewer.run(), depth = viewer.taps() * run;
  const auto bits_of = [&](std::int64_t o, std::int64_t t, std::int64_t i) {
    const bool is_one = o < kernel.outputs && i < run;
    const int weight = is_one ? kernel.weight[static_cast<std::size_t>(o * depth + t * run + i)] : 0;
    return (static_cast<unsigned>(weight) + more) & 15U;
  };
  Packed<std::int8_t> packed;
  for (const Block& block : blocks)
    for (std::int64_t t = 0; t < viewer.taps(); ++t)
      for (std::int64_t k = 0; k < run; k += 8)
        for (std::int64_t o = block.first * lanes; o < (block.first + block.count) * lanes; ++o)
          for (std::int64_t i = k; i < k + 4; ++i)
            packed.push_back(static_cast<std::int8_t>(bits_of(o, t, i) | bits_of(o, t, i + 4) << 4));
  return packed;
}

/// What the loops add to each input, where they do not turn its top bit themselves.
std::int32_t added_for(const TileKernels& tiles, const Slot& in) {
  return tiles.nibbles_turn_inputs ? 0 : std::int32_t{1} << (in.bits - 1);
}

/// A convolution of one group whose weights have at most four bits. Its units are DenseKernel's.
template <class Conv>
class NibbleKernel final : public StageKernel {
 public:
  NibbleKernel(const Plan& plan, const Conv& step, const TileKernels& tiles, const Layout& in,
               Endings endings)
      : plan_(plan),
        step_(step),
        tiles_(tiles),
        viewer_(step.kernel.window, plan[step.in].zero_point, in, plan[step.out].shape, TapKind::run,
                added_for(tiles, plan[step.in])),
        blocks_(blocks_of(step.kernel.outputs, tiles)),
        weight_(pack(step.kernel, blocks_, tiles, viewer_)),
        together_(words_in_16_bits(step.kernel, plan[step.in].bits, viewer_.run())),
        endings_(std::move(endings)) {}

  std::int64_t units(std::int64_t images) const override {
    return by_block() ? std::ssize(blocks_) : images * plan_[step_.out].shape.h;
  }

  void run(const Batch& batch, Units units, Scratch& scratch) const override {
    const Units rows = by_block() ? Units{0, batch.images} : units;
    const auto first_block = by_block() ? static_cast<std::size_t>(units.begin) : 0;
    const auto block_count = by_block() ? static_cast<std::size_t>(units.end - units.begin) : blocks_.size();
    const std::int64_t words = divided_up(viewer_.run(), 4);
    viewer_.for_each(
        read(plan_, batch, step_.in), rows, scratch, [&](const Views& views, std::int64_t first) {
          const Results all = results_of(plan_, batch, step_, first);
          for (const Block& block : std::span(blocks_).subspan(first_block, block_count)) {
            const std::int64_t channel = block.first * tiles_.lanes, width = block.count * tiles_.lanes;
            tiles_.nibbles({.views = views,
                            .weight = weight_.data() + viewer_.taps() * divided_up(words, 2) * 4 * channel,
                            .words = words,
                            .together = together_,
                            .vectors = block.count,
                            .results = all.from(channel, width)},
                           endings_.from(channel));
          }
        });
  }

 private:
  bool by_block() const { return plan_[step_.out].shape.h * plan_[step_.out].shape.w == 1; }

  const Plan& plan_;
  const Conv& step_;
  const TileKernels& tiles_;
  Viewer viewer_;
  std::vector<Block> blocks_;
  Packed<std::int8_t> weight_;
  std::int64_t together_;
  Endings endings_;
};

Spread spread_for(const Plan& plan, const auto& step, const TileKernels& tiles) {
  const std::int32_t turned = tiles.nibbles_turn_inputs ? 128 : 0;
  return {.channel = in_vectors(0, step.kernel.outputs, tiles.lanes),
          .added = turned + added_for(tiles, plan[step.in]),
          .factor_bits = tiles.nibble_factor_bits};
}

/// Whether there are such loops for it, and they are worth it.
bool pays(const Plan& plan, const auto& step, const TileKernels& tiles) {
  const Kernel& kernel = step.kernel;
  if (tiles.nibbles == nullptr || !are_nibbles(kernel) || kernel.groups != 1) return false;
  if (tiles.nibble_factor_bits > 0) return fits_sixteenfold(plan, step);
  return run_of(kernel) >= kLeastNibbleRun;
}

}  // namespace

bool has_nibble_tiles(const Plan& plan, const Conv2d& step, const TileKernels& tiles) {
  return pays(plan, step, tiles);
}
bool has_nibble_tiles(const Plan& plan, const WideConv2d& step, const TileKernels& tiles) {
  return pays(plan, step, tiles);
}

std::unique_ptr<StageKernel> make_nibble_tiles(const Plan& plan, const Conv2d& step, const TileKernels& tiles,
                                               const Layouts& layouts) {
  if (!has_nibble_tiles(plan, step, tiles)) return nullptr;
  return std::make_unique<NibbleKernel<Conv2d>>(plan, step, tiles, layouts[index(step.in)],
                                                Endings(plan, step, spread_for(plan, step, tiles)));
}
std::unique_ptr<StageKernel> make_nibble_tiles(const Plan& plan, const WideConv2d& step,
                                               const TileKernels& tiles, const Layouts& layouts) {
  if (!has_nibble_tiles(plan, step, tiles)) return nullptr;
  return std::make_unique<NibbleKernel<WideConv2d>>(plan, step, tiles, layouts[index(step.in)],
                                                    Endings(step, spread_for(plan, step, tiles)));
}

}  // namespace zsq::runtime::cpu
