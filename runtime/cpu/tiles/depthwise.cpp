#include <array>

#include "runtime/cpu/tiles/endings.h"
#include "runtime/cpu/tiles/step_kernels.h"
#include "runtime/cpu/tiles/viewer.h"

namespace zsq::runtime::cpu {
namespace {

/// Weights of the channels in that order, as [vectors][taps][lanes] of 16 bits in 32.
Packed<std::int32_t> pack(const Kernel& kernel, const std::vector<std::int64_t>& channel,
                          std::int64_t lanes) {
  const std::int64_t taps = std::ssize(kernel.weight) / kernel.outputs;
  Packed<std::int32_t> packed;
  for (std::int64_t first = 0; first < std::ssize(channel); first += lanes)
    for (std::int64_t t = 0; t < taps; ++t)
      for (std::int64_t lane = 0; lane < lanes; ++lane) {
        const std::int64_t c = channel[static_cast<std::size_t>(first + lane)];
        packed.push_back(c < 0 ? 0 : kernel.weight[static_cast<std::size_t>(c * taps + t)] & 0xffff);
      }
  return packed;
}

/// A weight of each channel for each of four taps, -1 where there is none, makes a word.
using Four = std::array<std::int64_t, 4>;

/// In fours from the first tap on, and column by column of the window: as QuadTiles and ColumnTiles take
/// them.
std::vector<Four> fours_of_taps(const Window& window) {
  std::vector<Four> fours;
  const std::int64_t taps = std::int64_t{window.kernel.h} * window.kernel.w;
  for (std::int64_t t = 0; t < taps; t += 4)
    for (Four& four = fours.emplace_back(); std::int64_t & tap : four)
      if (tap = t + (&tap - four.data()); tap >= taps) tap = -1;
  return fours;
}
std::vector<Four> fours_of_columns(const Window& window) {
  std::vector<Four> fours;
  for (std::int64_t j = 0; j < window.kernel.w; ++j)
    for (std::int64_t i = 0; i < window.kernel.h; i += 4)
      for (Four& four = fours.emplace_back(); std::int64_t & tap : four) {
        const std::int64_t row = i + (&tap - four.data());
        tap = row < window.kernel.h ? row * window.kernel.w + j : -1;
      }
  return fours;
}

/// Weights of the channels in that order, as [blocks][fours][4 vectors][lanes][4].
Packed<std::int8_t> pack_quads(const Kernel& kernel, const std::vector<std::int64_t>& channel,
                               const std::vector<Four>& fours, std::int64_t lanes) {
  const std::int64_t taps = std::ssize(kernel.weight) / kernel.outputs, block = 4 * lanes;
  Packed<std::int8_t> packed;
  for (std::int64_t first = 0; first < std::ssize(channel); first += block)
    for (const Four& four : fours)
      for (std::int64_t i = first; i < first + block; ++i)
        for (const std::int64_t tap : four) {
          const std::int64_t c = channel[static_cast<std::size_t>(i)];
          packed.push_back(c < 0 || tap < 0 ? std::int8_t{0}
                                            : kernel.weight[static_cast<std::size_t>(c * taps + tap)]);
        }
  return packed;
}

/// Whether each half of a word, summed over all of a channel's fours, stays in 16 bits wherever inputs of
/// [0, 255] lie. Of every part of such a sum it holds too, and of a pair.
bool are_light(const Kernel& kernel, const std::vector<Four>& fours) {
  constexpr std::int32_t kMost = 32767 / 255;
  const std::int64_t taps = std::ssize(kernel.weight) / kernel.outputs;
  for (std::int64_t c = 0; c < kernel.outputs; ++c) {
    std::array<std::int32_t, 2> positive{}, negative{};  // by half
    for (const Four& four : fours)
      for (std::size_t i = 0; i < four.size(); ++i) {
        const std::int32_t w = four[i] < 0 ? 0 : kernel.weight[static_cast<std::size_t>(c * taps + four[i])];
        (w > 0 ? positive : negative)[i / 2] += w;
      }
    for (std::size_t h = 0; h < 2; ++h)
      if (positive[h] > kMost || negative[h] < -kMost) return false;
  }
  return true;
}

/// How many channels are computed in quads, from the first on: whole blocks, and the last one where it is
/// more than half full. None beside a residual, which is rare: it would have to be brought into their order.
std::int64_t channels_in_quads(const Conv2d& step, std::int64_t lanes) {
  if (step.residual) return 0;
  const std::int64_t channels = step.kernel.outputs, block = 4 * lanes, rest = channels % block;
  return rest > block / 2 ? channels : channels - rest;
}

/// One filter for each channel. A unit is an output row.
class DepthwiseKernel final : public StageKernel {
 public:
  DepthwiseKernel(const Plan& plan, const Conv2d& step, const TileKernels& tiles, const Layouts& layouts)
      : plan_(plan),
        step_(step),
        tiles_(tiles),
        viewer_(step.kernel.window, plan[step.in].zero_point, layouts[index(step.in)], plan[step.out].shape,
                TapKind::place),
        rows_(viewer_.rows()),
        in_quads_(channels_in_quads(step, tiles.lanes)),
        run_quads_(tiles.quads),
        run_columns_(tiles.columns) {
    const auto quads = in_quads(0, in_quads_, tiles.lanes);
    const auto vectors = in_vectors(in_quads_, step.kernel.outputs, tiles.lanes);
    const Window& window = step.kernel.window;
    const auto fours = viewer_.has_columns() ? fours_of_columns(window) : fours_of_taps(window);
    quad_weight_ = pack_quads(step.kernel, quads, fours, tiles.lanes);
    if (tiles.light_quads != nullptr && are_light(step.kernel, fours)) {
      run_quads_ = tiles.light_quads;
      run_columns_ = tiles.light_columns;
    }
    const bool is_light = run_quads_ != tiles.quads;
    weight_ = pack(step.kernel, vectors, tiles.lanes);
    quad_endings_ = Endings(plan, step, {quads, is_light ? 128 : tiles.added});
    endings_ = Endings(plan, step, {vectors});
  }

  std::int64_t units(std::int64_t images) const override { return images * plan_[step_.out].shape.h; }

  void run(const Batch& batch, Units rows, Scratch& scratch) const override {
    const auto out = write(plan_, batch, step_.out);
    const auto residual = step_.residual ? read(plan_, batch, step_.residual->in) : Grid<const std::int8_t>{};
    viewer_.for_each(
        read(plan_, batch, step_.in), rows, scratch, [&](const Views& views, std::int64_t first) {
          const Results all{.narrow = out.place(first),
                            .residual = step_.residual ? residual.place(first) : nullptr,
                            .stride = out.channel_stride,
                            .residual_stride = residual.channel_stride,
                            .channels = out.shape.c};
          if (in_quads_ > 0) run_quads(views, all.from(0, in_quads_));
          if (in_quads_ == out.shape.c) return;
          Views rest = views;
          rest.in += in_quads_;
          tiles_.depthwise(
              {.views = rest, .weight = weight_.data(), .results = all.from(in_quads_, out.shape.c)},
              endings_.from(0));
        });
  }

 private:
  void run_quads(const Views& views, const Results& all) const {
    const Ending ending = quad_endings_.from(0);
    if (!viewer_.has_columns())
      return run_quads_({.views = viewer_.in_fours(views), .weight = quad_weight_.data(), .results = all},
                        ending);
    const std::int64_t width = plan_[step_.out].shape.w;
    for (std::int64_t first = 0; first < views.place_count; first += width)
      run_columns_({.in = views.in + views.places[first],
                    .rows = rows_.data(),
                    .row_count = std::ssize(rows_),
                    .columns = viewer_.columns(),
                    .next = viewer_.next(),
                    .places = width,
                    .weight = quad_weight_.data(),
                    .results = all.at(first)},
                   ending);
  }

  const Plan& plan_;
  const Conv2d& step_;
  const TileKernels& tiles_;
  Viewer viewer_;
  std::vector<std::int32_t> rows_;
  std::int64_t in_quads_;  // channels
  decltype(TileKernels::quads) run_quads_;
  decltype(TileKernels::columns) run_columns_;
  Packed<std::int8_t> quad_weight_;
  Packed<std::int32_t> weight_;
  Endings quad_endings_, endings_;  // each from its own first channel on
};

}  // namespace

std::unique_ptr<StageKernel> make_depthwise_tiles(const Plan& plan, const Conv2d& step,
                                                  const TileKernels& tiles, const Layouts& layouts) {
  return std::make_unique<DepthwiseKernel>(plan, step, tiles, layouts);
}

}  // namespace zsq::runtime::cpu
