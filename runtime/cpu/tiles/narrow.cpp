#include <cassert>

#include "runtime/avx2_form.h"
#include "runtime/cpu/tiles/endings.h"
#include "runtime/cpu/tiles/results.h"
#include "runtime/cpu/tiles/step_kernels.h"
#include "runtime/cpu/tiles/viewer.h"

namespace zsq::runtime::cpu {
namespace {

/// A vector of output channels.
struct Vector {
  Packed<std::int32_t> offset;  // by product
  Packed<std::int8_t> weight;
  Packed<std::int16_t> centre;
  std::array<std::int64_t, NarrowSums::kMost> sums;
};

/// A convolution of one group whose products are summed in 16 bits. A unit is an output row.
template <class Conv>
class NarrowKernel final : public StageKernel {
 public:
  NarrowKernel(const Plan& plan, const Conv& step, const TileKernels& tiles, const Layout& in,
               std::span<const NarrowSums> sums, Endings endings)
      : plan_(plan),
        step_(step),
        tiles_(tiles),
        viewer_(step.kernel.window, plan[step.in].zero_point, in, plan[step.out].shape, TapKind::run,
                std::int32_t{1} << (plan[step.in].bits - 1)),
        endings_(std::move(endings)) {
    assert(tiles.lanes == WordWeights::kLanes);
    for (const NarrowSums& one : sums) vectors_.push_back(vector(one));
  }

  std::int64_t units(std::int64_t images) const override { return images * plan_[step_.out].shape.h; }

  void run(const Batch& batch, Units rows, Scratch& scratch) const override {
    viewer_.for_each(read(plan_, batch, step_.in), rows, scratch,
                     [&](const Views& views, std::int64_t first) {
                       const Results all = results_of(plan_, batch, step_, first);
                       std::int64_t channel = 0;
                       for (const Vector& v : vectors_) {
                         tiles_.narrow({.views = views,
                                        .offset = v.offset.data(),
                                        .weight = v.weight.data(),
                                        .centre = v.centre.data(),
                                        .sums = v.sums,
                                        .results = all.from(channel, tiles_.lanes)},
                                       endings_.from(channel));
                         channel += tiles_.lanes;
                       }
                     });
  }

 private:
  Vector vector(const NarrowSums& sums) const {
    Vector v{.offset = {},
             .weight = {sums.weight.begin(), sums.weight.end()},
             .centre = {sums.centre.begin(), sums.centre.end()},
             .sums = sums.sums};
    const std::int64_t words_of_tap = (viewer_.run() + 3) / 4;
    for (const std::int32_t word : sums.word)
      v.offset.push_back(
          static_cast<std::int32_t>(viewer_.tap(word / words_of_tap) + word % words_of_tap * 4));
    return v;
  }

  const Plan& plan_;
  const Conv& step_;
  const TileKernels& tiles_;
  Viewer viewer_;
  Endings endings_;
  std::vector<Vector> vectors_;
};

/// Null where the exact form is faster.
template <class Conv>
std::unique_ptr<StageKernel> made(const Plan& plan, const Conv& step, const TileKernels& tiles,
                                  const Layout& in, const auto& endings) {
  const Shape& out = plan[step.out].shape;
  if (tiles.narrow == nullptr || step.kernel.groups != 1 || out.h * out.w < kLeastNarrowPlaces)
    return nullptr;
  const Viewer viewer(step.kernel.window, plan[step.in].zero_point, in, out, TapKind::run, 1);
  const NarrowLayer layer = narrow_layer(step.kernel, plan[step.in].bits, viewer.run());
  if (!layer.cost.is_less()) return nullptr;
  return std::make_unique<NarrowKernel<Conv>>(plan, step, tiles, in, layer.sums, endings());
}

}  // namespace

std::unique_ptr<StageKernel> make_narrow_tiles(const Plan& plan, const Conv2d& step, const TileKernels& tiles,
                                               const Layouts& layouts) {
  return made(plan, step, tiles, layouts[index(step.in)],
              [&] { return Endings(plan, step, {in_vectors(0, step.kernel.outputs, tiles.lanes)}); });
}

std::unique_ptr<StageKernel> make_narrow_tiles(const Plan& plan, const WideConv2d& step,
                                               const TileKernels& tiles, const Layouts& layouts) {
  return made(plan, step, tiles, layouts[index(step.in)],
              [&] { return Endings(step, {in_vectors(0, step.kernel.outputs, tiles.lanes)}); });
}

}  // namespace zsq::runtime::cpu
