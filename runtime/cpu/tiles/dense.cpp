#include <span>

#include "runtime/avx2_form.h"
#include "runtime/cpu/portable/step_kernels.h"
#include "runtime/cpu/tiles/blocks.h"
#include "runtime/cpu/tiles/endings.h"
#include "runtime/cpu/tiles/results.h"
#include "runtime/cpu/tiles/step_kernels.h"
#include "runtime/cpu/tiles/viewer.h"

namespace zsq::runtime::cpu {
namespace {

/// [block][taps][words][vectors][lanes][4 bytes of weights]
Packed<std::int8_t> pack(const Kernel& kernel, const std::vector<Block>& blocks, std::int64_t lanes,
                         const Viewer& viewer, Width width) {
  const std::int64_t run = viewer.run(), of_word = 4 / static_cast<std::int64_t>(width);
  const std::int64_t words = divided_up(run, of_word), depth = viewer.taps() * run;
  Packed<std::int8_t> packed;
  for (const Block& block : blocks)
    for (std::int64_t t = 0; t < viewer.taps(); ++t)
      for (std::int64_t k = 0; k < words * of_word; k += of_word)
        for (std::int64_t o = block.first * lanes; o < (block.first + block.count) * lanes; ++o)
          for (std::int64_t i = k; i < k + of_word; ++i) {
            const bool is_one = o < kernel.outputs && i < run;
            const std::int8_t weight =
                is_one ? kernel.weight[static_cast<std::size_t>(o * depth + t * run + i)] : std::int8_t{0};
            packed.push_back(weight);
            if (width == Width::half) packed.push_back(weight < 0 ? std::int8_t{-1} : std::int8_t{0});
          }
  return packed;
}

/// Halves where the set has such loops and there are enough places to read twice the weights for.
Width width_of(const TileKernels& tiles, const Shape& out) {
  return tiles.halves != nullptr && out.h * out.w >= kLeastNarrowPlaces ? Width::half : Width::byte;
}

/// A convolution of one group. A unit is an output row; where an image has but one place, it is a block of
/// channels of all images, so that threads share the reading of weights, which is most of the work.
template <class Conv>
class DenseKernel final : public StageKernel {
 public:
  DenseKernel(const Plan& plan, const Conv& step, const TileKernels& tiles, const Layout& in, Endings endings)
      : plan_(plan),
        step_(step),
        tiles_(tiles),
        width_(width_of(tiles, plan[step.out].shape)),
        viewer_(step.kernel.window, plan[step.in].zero_point, in, plan[step.out].shape, TapKind::run, 0,
                width_),
        blocks_(blocks_of(step.kernel.outputs, tiles)),
        weight_(pack(step.kernel, blocks_, tiles.lanes, viewer_, width_)),
        endings_(std::move(endings)) {}

  std::int64_t units(std::int64_t images) const override {
    return by_block() ? std::ssize(blocks_) : images * plan_[step_.out].shape.h;
  }

  void run(const Batch& batch, Units units, Scratch& scratch) const override {
    const Units rows = by_block() ? Units{0, batch.images} : units;
    const auto first_block = by_block() ? static_cast<std::size_t>(units.begin) : 0;
    const auto block_count = by_block() ? static_cast<std::size_t>(units.end - units.begin) : blocks_.size();
    viewer_.for_each(
        read(plan_, batch, step_.in), rows, scratch, [&](const Views& views, std::int64_t first) {
          const Results all = results_of(plan_, batch, step_, first);
          const std::int64_t words = divided_up(viewer_.run(), 4 / static_cast<std::int64_t>(width_));
          const auto dense = width_ == Width::half ? tiles_.halves : tiles_.dense;
          for (const Block& block : std::span(blocks_).subspan(first_block, block_count)) {
            const std::int64_t channel = block.first * tiles_.lanes, width = block.count * tiles_.lanes;
            dense({.views = views,
                   .weight = weight_.data() + viewer_.taps() * words * 4 * channel,
                   .words = words,
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
  Width width_;
  Viewer viewer_;
  std::vector<Block> blocks_;
  Packed<std::int8_t> weight_;
  Endings endings_;
};

}  // namespace

bool has_tiles(const Plan& plan, const Conv2d& step) {
  return (step.kernel.groups == 1 || is_depthwise(step.kernel)) &&
         Viewer::fits(step.kernel.window, plan[step.in].shape, plan[step.out].shape);
}

bool has_tiles(const Plan& plan, const WideConv2d& step) {
  return step.kernel.groups == 1 &&
         Viewer::fits(step.kernel.window, plan[step.in].shape, plan[step.out].shape);
}

std::int64_t packed_bytes_of_tiles(const Kernel& kernel, const TileKernels& tiles) {
  const std::int64_t block = 4 * tiles.lanes, channels = divided_up(kernel.outputs, block) * block;
  const Size2 size = kernel.window.kernel;
  const std::int64_t taps = std::int64_t{size.h} * size.w;
  // At the worst, each tap has words of its own; a filter of one channel has a word for each tap. Of sums in
  // 16 bits every word may be two products, with a centre and two offsets for a vector.
  const std::int64_t words =
      (tiles.narrow == nullptr ? 1 : 4) * taps * divided_up(kernel.inputs_per_group, 4);
  return channels * 4 * (words + Endings::kConstants);
}

std::unique_ptr<StageKernel> make_tiles(const Plan& plan, const Conv2d& step, const TileKernels& tiles,
                                        const Layouts& layouts) {
  if (step.kernel.groups > 1) return make_depthwise_tiles(plan, step, tiles, layouts);
  if (auto nibbles = make_nibble_tiles(plan, step, tiles, layouts)) return nibbles;
  if (auto narrow = make_narrow_tiles(plan, step, tiles, layouts)) return narrow;
  return std::make_unique<DenseKernel<Conv2d>>(
      plan, step, tiles, layouts[index(step.in)],
      Endings(plan, step, {in_vectors(0, step.kernel.outputs, tiles.lanes), tiles.dense_added}));
}

std::unique_ptr<StageKernel> make_tiles(const Plan& plan, const WideConv2d& step, const TileKernels& tiles,
                                        const Layouts& layouts) {
  if (auto nibbles = make_nibble_tiles(plan, step, tiles, layouts)) return nibbles;
  if (auto narrow = make_narrow_tiles(plan, step, tiles, layouts)) return narrow;
  return std::make_unique<DenseKernel<WideConv2d>>(
      plan, step, tiles, layouts[index(step.in)],
      Endings(step, {in_vectors(0, step.kernel.outputs, tiles.lanes), tiles.dense_added}));
}

}  // namespace zsq::runtime::cpu
