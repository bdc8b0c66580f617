#include "runtime/cpu/tiles/step_kernels.h"

namespace zsq::runtime::cpu {
namespace {

constexpr std::int64_t kMostChannels = 16;  // constants are repeated for each

/// A unit is a row of the image.
class PixelsKernel final : public StageKernel {
 public:
  PixelsKernel(const Plan& plan, const Pixels& step, const TileKernels& tiles)
      : plan_(plan),
        tiles_(tiles),
        out_(step.out),
        multiplier_(repeated(step.multiplier)),
        offset_(repeated(step.offset)),
        shift_(repeated(step.shift)) {}

  std::int64_t units(std::int64_t images) const override { return images * plan_.image.h; }

  void run(const Batch& batch, Units rows, Scratch&) const override {
    const std::int64_t row = plan_.image.w * plan_.image.c;
    tiles_.pixels({.in = batch.pixels.data() + rows.begin * row,
                   .multiplier = multiplier_.data(),
                   .offset = offset_.data(),
                   .shift = shift_.data(),
                   .period = std::ssize(shift_),
                   .clamp = range_of(plan_[out_].bits),
                   .out = write(plan_, batch, out_).values + rows.begin * row,
                   .count = (rows.end - rows.begin) * row});
  }

 private:
  /// The constants of all channels, as often as makes whole blocks.
  std::vector<std::int32_t> repeated(const auto& constants) const {
    std::vector<std::int32_t> all;
    do all.insert(all.end(), constants.begin(), constants.end());
    while (std::ssize(all) % (tiles_.vectors * tiles_.lanes) != 0);
    return all;
  }

  const Plan& plan_;
  const TileKernels& tiles_;
  SlotId out_;
  std::vector<std::int32_t> multiplier_, offset_, shift_;
};

}  // namespace

bool has_tiles(const Plan& plan, const Pixels& step, const Layouts& layouts) {
  return plan.image.c <= kMostChannels && layouts[index(step.out)].is_dense();
}

std::unique_ptr<StageKernel> make_tiles(const Plan& plan, const Pixels& step, const TileKernels& tiles) {
  return std::make_unique<PixelsKernel>(plan, step, tiles);
}

}  // namespace zsq::runtime::cpu
