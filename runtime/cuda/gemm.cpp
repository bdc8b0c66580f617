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

/// Outputs that a thread stores at once.
constexpr std::int64_t kStored = 8;

std::int64_t taps_of(const Kernel& kernel) {
  return std::int64_t{kernel.window.kernel.h} * kernel.window.kernel.w;
}

/// Those behind the last have weights of zero: they read what is there for the first.
std::vector<Tap> taps(const Kernel& kernel, const Layout& in) {
  std::vector<Tap> all;
  const std::int64_t chunks = gemm_groups(kernel, in).inputs / kChunk;
  for (std::int64_t i = 0; i < kernel.window.kernel.h; ++i)
    for (std::int64_t j = 0; j < kernel.window.kernel.w; ++j)
      for (std::int64_t chunk = 0; chunk < chunks; ++chunk) {
        const std::int64_t y = i * kernel.window.dilation.h, x = j * kernel.window.dilation.w;
        const std::int64_t offset = (y * in.shape.w + x) * in.channel_stride + chunk * kChunk;
        const std::uint32_t seen =
            is_padded(kernel.window) ? std::uint32_t{1} << i | std::uint32_t{1} << (kMostPadded + j) : 0;
        all.push_back({static_cast<std::int32_t>(offset), seen});
      }
  all.resize(static_cast<std::size_t>(gemm_k_tiles(kernel, in) * (kGemmDepth / kChunk)), all.front());
  return all;
}

/// [group][k tile][columns][kGemmDepth], zero beside the kernel's own.
std::vector<std::int8_t> packed_weights(const Kernel& kernel, const Layout& in) {
  const GemmGroups groups = gemm_groups(kernel, in);
  const std::int64_t columns = groups.columns(), k_tiles = gemm_k_tiles(kernel, in);
  const std::int64_t outputs_per_group = kernel.outputs / kernel.groups;
  std::vector<std::int8_t> packed(static_cast<std::size_t>(groups.count * k_tiles * columns * kGemmDepth));
  for (std::int64_t at = 0; at < groups.count * columns; ++at) {
    const std::int64_t group = at / columns, column = at % columns;
    if (gemm_output(column) >= groups.outputs) continue;
    const std::int64_t output = group * groups.outputs + gemm_output(column);
    const std::int64_t first =
        output / outputs_per_group * kernel.inputs_per_group - (groups.count > 1 ? group * groups.inputs : 0);
    for (std::int64_t tap = 0; tap < taps_of(kernel); ++tap)
      for (std::int64_t c = 0; c < kernel.inputs_per_group; ++c) {
        const std::int64_t k = tap * groups.inputs + first + c;
        const std::int64_t row = (group * k_tiles + k / kGemmDepth) * columns + column;
        packed[static_cast<std::size_t>(row * kGemmDepth + k % kGemmDepth)] =
            kernel.weight[static_cast<std::size_t>(
                (output * taps_of(kernel) + tap) * kernel.inputs_per_group + c)];
      }
  }
  return packed;
}

/// By group and column.
std::vector<Finish> packed_finish(const std::vector<Finish>& by_output, const GemmGroups& groups) {
  std::vector<Finish> packed(static_cast<std::size_t>(groups.count * groups.columns()));
  for (std::int64_t o = 0; o < groups.count * groups.outputs; ++o)
    packed[static_cast<std::size_t>(o / groups.outputs * groups.columns() + o % groups.outputs)] =
        by_output[static_cast<std::size_t>(o)];
  return packed;
}

}  // namespace

std::int64_t GemmGroups::columns() const {
  return up_to_multiple(outputs, count == 1 ? kGemmColumns : kWarpColumns);
}

GemmGroups gemm_groups(const Kernel& kernel, const Layout& in) {
  const std::int64_t outputs = kernel.outputs / kernel.groups;
  constexpr std::int64_t kMostTogether = kChunk * kStored;  // whole chunks, if any number makes them
  for (std::int64_t together = 1; together < std::min<std::int64_t>(kernel.groups, kMostTogether + 1);
       ++together) {
    const GemmGroups groups{kernel.groups / together, together * kernel.inputs_per_group, together * outputs};
    if (kernel.groups % together == 0 && groups.inputs % kChunk == 0 && groups.outputs % kStored == 0)
      return groups;
  }
  return {1, in.channel_stride, kernel.outputs};
}

std::int64_t gemm_k_tiles(const Kernel& kernel, const Layout& in) {
  return (taps_of(kernel) * gemm_groups(kernel, in).inputs + kGemmDepth - 1) / kGemmDepth;
}

bool gemm_takes(const Context& context, const Kernel& kernel, SlotId in) {
  const Layout& layout = context.layouts[index(in)];
  const Window& w = kernel.window;
  constexpr std::int64_t kMostGroups = 65'535;  // of a grid
  const GemmGroups groups = gemm_groups(kernel, layout);
  const std::int64_t packed = groups.count * gemm_k_tiles(kernel, layout) * groups.columns() * kGemmDepth;
  return std::ssize(context.constants.bytes()) + packed <= context.packing_limit &&
         groups.count <= kMostGroups && layout.channel_stride % kChunk == 0 &&
         (!is_padded(w) || (w.kernel.h <= kMostPadded && w.kernel.w <= kMostPadded));
}

GemmConstants pack_gemm(const Context& context, const Kernel& kernel, SlotId in, const Finishes& finish) {
  const Layout& layout = context.layouts[index(in)];
  const std::vector<std::int8_t> outside(kChunk, static_cast<std::int8_t>(context.plan[in].zero_point));
  return {.weight = context.constants.add(packed_weights(kernel, layout)),
          .finish = context.constants.add(packed_finish(finish.by_output, gemm_groups(kernel, layout))),
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

bool fits(const GemmShape& shape, const GemmExtent& extent) { return extent.columns % shape.columns == 0; }

const GemmShape& best_shape(const GemmExtent& extent, int multiprocessors) {
  const GemmShape* best = nullptr;
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  for (const GemmShape& shape : kShapes) {
    if (!fits(shape, extent)) continue;
    const std::int64_t blocks = extent.groups * ((extent.rows + shape.rows - 1) / shape.rows) *
                                ((extent.outputs + shape.columns - 1) / shape.columns);
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
  const GemmGroups groups = gemm_groups(kernel, frame.layouts[index(in)]);
  const std::int64_t written = groups.count == 1 ? frame.layouts[index(out)].channel_stride : groups.outputs;
  return {.in = to.reads(in),
          .out = to.writes(out),
          .weight = to.reads(constants.weight),
          .finish = to.reads(constants.finish),
          .taps = to.reads(constants.taps),
          .outside = to.reads(constants.outside),
          .rows = static_cast<std::int32_t>(frame.images * shape.h * shape.w),
          .columns = static_cast<std::int32_t>(groups.columns()),
          .outputs = static_cast<std::int32_t>(groups.outputs),
          .k_tiles = static_cast<std::int32_t>(gemm_k_tiles(kernel, frame.layouts[index(in)])),
          .group_inputs = static_cast<std::int32_t>(groups.inputs),
          .written = static_cast<std::int32_t>(written),
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
