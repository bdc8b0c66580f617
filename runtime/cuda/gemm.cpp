#include "runtime/cuda/gemm.h"

#include <algorithm>
#include <limits>

#include "runtime/cuda/finish.h"

namespace zsq::runtime::cuda {
namespace {

constexpr std::int64_t kChunk = 16;  // bytes that are copied at once

constexpr std::array kShapes{GemmShape{"256x128", 256, 128, 256, 8, 3},
                             GemmShape{"128x128", 128, 128, 256, 4, 3},
                             GemmShape{"128x64", 128, 64, 128, 4, 4}, GemmShape{"64x64", 64, 64, 128, 2, 4},
                             GemmShape{"32x32", 32, 32, 64, 1, 4}};

/// Cycles that a block takes of a multiprocessor at the least, by whatever it needs most of: its four
/// schedulers, of which a warp has one, for integers, its path to the L2 cache, or its shared memory.
std::int64_t cycles_of_block(const GemmShape& shape, std::int64_t k_tiles) {
  constexpr std::int64_t kBytesOfL2 = 24;
  const std::int64_t warps = shape.threads / 32, values = shape.warp_rows * 16;
  const std::int64_t integers = std::max<std::int64_t>(warps, 4) / 2 * (k_tiles * 40 + values * 4 + 200);
  const std::int64_t bytes =
      (shape.rows + shape.columns) * kGemmDepth * k_tiles + std::int64_t{shape.rows} * shape.columns;
  const std::int64_t wavefronts =
      warps * k_tiles * (shape.warp_rows * 8 + 16) + (shape.rows + shape.columns) * k_tiles / 2;
  return std::max({integers, bytes / kBytesOfL2, wavefronts});
}

std::int64_t columns_of(const Kernel& kernel) { return up_to_multiple(kernel.outputs, kGemmColumns); }

/// Chunks of one tap, and of all.
std::int64_t chunks_of_tap(const Layout& in) { return in.channel_stride / kChunk; }
std::int64_t taps_of(const Kernel& kernel) {
  return std::int64_t{kernel.window.kernel.h} * kernel.window.kernel.w;
}

/// Those behind the last have weights of zero: they read what is there for the first.
std::vector<Tap> taps(const Kernel& kernel, const Layout& in) {
  std::vector<Tap> all;
  for (std::int64_t i = 0; i < kernel.window.kernel.h; ++i)
    for (std::int64_t j = 0; j < kernel.window.kernel.w; ++j)
      for (std::int64_t chunk = 0; chunk < chunks_of_tap(in); ++chunk) {
        const std::int64_t y = i * kernel.window.dilation.h, x = j * kernel.window.dilation.w;
        const std::int64_t offset = (y * in.shape.w + x) * in.channel_stride + chunk * kChunk;
        const std::uint32_t seen =
            is_padded(kernel.window) ? std::uint32_t{1} << i | std::uint32_t{1} << (kMostPadded + j) : 0;
        all.push_back({static_cast<std::int32_t>(offset), seen});
      }
  all.resize(static_cast<std::size_t>(gemm_k_tiles(kernel, in) * (kGemmDepth / kChunk)), all.front());
  return all;
}

/// [k tile][columns][kGemmDepth], zero beside the kernel's own.
std::vector<std::int8_t> packed_weights(const Kernel& kernel, const Layout& in) {
  const std::int64_t columns = columns_of(kernel), k_tiles = gemm_k_tiles(kernel, in);
  std::vector<std::int8_t> packed(static_cast<std::size_t>(k_tiles * columns * kGemmDepth));
  for (std::int64_t column = 0; column < columns; ++column) {
    const std::int64_t output = gemm_output(column);
    if (output >= kernel.outputs) continue;
    for (std::int64_t tap = 0; tap < taps_of(kernel); ++tap)
      for (std::int64_t c = 0; c < kernel.inputs_per_group; ++c) {
        const std::int64_t k = tap * in.channel_stride + c;
        packed[static_cast<std::size_t>((k / kGemmDepth * columns + column) * kGemmDepth + k % kGemmDepth)] =
            kernel.weight[static_cast<std::size_t>(
                (output * taps_of(kernel) + tap) * kernel.inputs_per_group + c)];
      }
  }
  return packed;
}

}  // namespace

std::int64_t gemm_k_tiles(const Kernel& kernel, const Layout& in) {
  return (taps_of(kernel) * in.channel_stride + kGemmDepth - 1) / kGemmDepth;
}

bool gemm_takes(const Context& context, const Kernel& kernel, SlotId in) {
  const Layout& layout = context.layouts[index(in)];
  const Window& w = kernel.window;
  const std::int64_t packed = gemm_k_tiles(kernel, layout) * columns_of(kernel) * kGemmDepth;
  return std::ssize(context.constants.bytes()) + packed <= context.packing_limit && kernel.groups == 1 &&
         layout.channel_stride % kChunk == 0 &&
         (!is_padded(w) || (w.kernel.h <= kMostPadded && w.kernel.w <= kMostPadded));
}

GemmConstants pack_gemm(const Context& context, const Kernel& kernel, SlotId in, const Finishes& finish) {
  const Layout& layout = context.layouts[index(in)];
  const std::vector<std::int8_t> outside(kChunk, static_cast<std::int8_t>(context.plan[in].zero_point));
  return {.weight = context.constants.add(packed_weights(kernel, layout)),
          .finish = context.constants.add(finish.by_output),
          .taps = context.constants.add(taps(kernel, layout)),
          .outside = context.constants.add(outside),
          .by_upper_word = finish.by_upper_word};
}

bool is_padded(const Window& window) { return window.padding != Padding{}; }

std::span<const GemmShape> gemm_shapes() { return kShapes; }

const GemmShape* shape_named(const std::string& name) {
  const auto* found = std::ranges::find(kShapes, name, &GemmShape::name);
  return found == kShapes.end() ? nullptr : found;
}

const GemmShape& best_shape(const GemmExtent& extent, int multiprocessors) {
  const GemmShape* best = nullptr;
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  for (const GemmShape& shape : kShapes) {
    const std::int64_t blocks =
        (extent.rows + shape.rows - 1) / shape.rows * ((extent.outputs + shape.columns - 1) / shape.columns);
    const std::int64_t cost =
        (blocks + multiprocessors - 1) / multiprocessors * cycles_of_block(shape, extent.k_tiles);
    if (cost < least) {
      least = cost;
      best = &shape;
    }
  }
  return *best;
}

GemmArguments gemm_arguments(LaunchBuilder& to, const Frame& frame, const Kernel& kernel, SlotId in,
                             SlotId out, const GemmConstants& constants) {
  const Shape& shape = (*frame.plan)[out].shape;
  const Sides sides = sides_of(kernel.window);
  return {.in = to.reads(in),
          .out = to.writes(out),
          .weight = to.reads(constants.weight),
          .finish = to.reads(constants.finish),
          .taps = to.reads(constants.taps),
          .outside = to.reads(constants.outside),
          .rows = static_cast<std::int32_t>(frame.images * shape.h * shape.w),
          .columns = static_cast<std::int32_t>(columns_of(kernel)),
          .outputs = static_cast<std::int32_t>(kernel.outputs),
          .k_tiles = static_cast<std::int32_t>(gemm_k_tiles(kernel, frame.layouts[index(in)])),
          .same_places = kernel.window == Window{} ? 1 : 0,
          .out_w = divisor(shape.w),
          .out_h = divisor(shape.h),
          .y = sides.y,
          .x = sides.x,
          .dilation_y = divisor(sides.y.dilation),
          .dilation_x = divisor(sides.x.dilation),
          .clamp = {},
          .by_upper_word = constants.by_upper_word ? 1 : 0};
}

}  // namespace zsq::runtime::cuda
