#include "runtime/cuda/stem.h"

#include "runtime/cuda/finish.h"

namespace zsq::runtime::cuda {
namespace {

constexpr std::int64_t kTapsOfStep = 8, kWord = 4;

struct Patch {
  std::int64_t rows = 0, columns = 0;
};

/// Of so many rows of 16 places of the convolution.
Patch patch_of(const Window& w, std::int64_t rows) {
  const auto seen = [](std::int64_t places, int kernel, int stride, int dilation) {
    return (places - 1) * stride + std::int64_t{kernel - 1} * dilation + 1;
  };
  return {seen(rows, w.kernel.h, w.stride.h, w.dilation.h),
          seen(kStemColumns, w.kernel.w, w.stride.w, w.dilation.w)};
}

/// A block's rows in front of a pool, where a row of the pool shares one of its three with the next.
constexpr std::int64_t kPooledWarps = kStemThreads / 32, kRowsOfPool = kPooledWarps * kPoolRows * 2 + 1;

bool fits_shared_memory(const Patch& patch, std::int64_t bytes) {
  const std::int64_t most = bytes / kWord;
  return patch.rows <= most && patch.columns <= most && patch.rows * patch.columns <= most;
}

std::int64_t taps_of(const Window& w) { return std::int64_t{w.kernel.h} * w.kernel.w; }
std::int64_t steps_of(const Window& w) { return up_to_multiple(taps_of(w), kTapsOfStep) / kTapsOfStep; }

/// In bytes of the patch; those behind the last have weights of zero.
std::vector<std::int32_t> taps(const Window& w) {
  std::vector<std::int32_t> all;
  for (std::int64_t i = 0; i < w.kernel.h; ++i)
    for (std::int64_t j = 0; j < w.kernel.w; ++j)
      all.push_back(static_cast<std::int32_t>(
          (i * w.dilation.h * patch_of(w, kStemRows).columns + j * w.dilation.w) * kWord));
  all.resize(static_cast<std::size_t>(steps_of(w) * kTapsOfStep));
  return all;
}

/// The channels of a tap of an output, zero beside the kernel's own.
std::array<std::int8_t, 4> weights_of(const Kernel& kernel, std::int64_t output, std::int64_t tap) {
  std::array<std::int8_t, 4> word{};
  if (output < kernel.outputs && tap < taps_of(kernel.window))
    for (std::int64_t c = 0; c < kernel.inputs_per_group; ++c)
      word[static_cast<std::size_t>(c)] = kernel.weight[static_cast<std::size_t>(
          (output * taps_of(kernel.window) + tap) * kernel.inputs_per_group + c)];
  return word;
}

/// [64 outputs][step][two of mma's tiles][lane][tile][half of the step]: a lane has four channels of one tap
/// of each half, of one column of each tile.
std::vector<std::array<std::int8_t, 4>> packed_weights(const Kernel& kernel) {
  constexpr std::int64_t kLanes = 32, kTiles = kStemOutputs / 8;
  std::vector<std::array<std::int8_t, 4>> packed;
  for (std::int64_t first = 0; first < kernel.outputs; first += kStemOutputs)
    for (std::int64_t step = 0; step < steps_of(kernel.window); ++step)
      for (std::int64_t two = 0; two < kTiles; two += 2)
        for (std::int64_t lane = 0; lane < kLanes; ++lane)
          for (std::int64_t tile = two; tile < two + 2; ++tile)
            for (std::int64_t half = 0; half < 2; ++half) {
              const std::int64_t output = first + gemm_output(tile * 8 + lane / 4);
              packed.push_back(weights_of(kernel, output, step * kTapsOfStep + half * 4 + lane % 4));
            }
  return packed;
}

}  // namespace

bool stem_takes(const Context& context, const Conv2d& s) {
  return s.kernel.groups == 1 && !s.residual && context.layouts[index(s.in)].channel_stride == kWord &&
         fits_shared_memory(patch_of(s.kernel.window, kStemRows), 48 * 1024);
}

bool stem_pool_takes(const Conv2d& s, const MaxPool& pool) {
  const Window& w = pool.window;
  return w.kernel == Size2{3, 3} && w.stride == Size2{2, 2} && w.dilation == Size2{} && w.padding.top <= 1 &&
         w.padding.left <= 1 && fits_shared_memory(patch_of(s.kernel.window, kRowsOfPool), 40 * 1024);
}

namespace {

struct StemConstants {
  ConstantArray weight, finish, taps;
  bool by_upper_word = false;  // of the finish
};

StemConstants pack(const Context& context, const Conv2d& s) {
  const Finishes ends = finishes(s, kStemOutputs);
  return {context.constants.add(packed_weights(s.kernel)), context.constants.add(ends.by_output),
          context.constants.add(taps(s.kernel.window)), ends.by_upper_word};
}

/// What a block computes: so many places of its output, from a patch.
struct Tiles {
  std::int64_t rows, columns;
  Patch patch;
};

/// Fills in all but the input.
void describe_stem(const Frame& frame, LaunchBuilder& to, const Conv2d& s, SlotId out,
                   const StemConstants& constants, const Tiles& tiles, StemArguments& a) {
  const Shape& shape = (*frame.plan)[out].shape;
  const Sides sides = sides_of(s.kernel.window);
  a.out = to.writes(out);
  a.weight = to.reads(constants.weight);
  a.finish = to.reads(constants.finish);
  a.taps = to.reads(constants.taps);
  a.steps = static_cast<std::int32_t>(steps_of(s.kernel.window));
  a.column_tiles = divisor(up_to_multiple(shape.c, kStemOutputs) / kStemOutputs);
  a.tiles_across = divisor(up_to_multiple(shape.w, tiles.columns) / tiles.columns);
  a.tiles_down = divisor(up_to_multiple(shape.h, tiles.rows) / tiles.rows);
  a.patch_columns = divisor(tiles.patch.columns);
  a.patch_rows = static_cast<std::int32_t>(tiles.patch.rows);
  a.rows_on = static_cast<std::int32_t>(kStemThreads / tiles.patch.columns);
  a.columns_on = static_cast<std::int32_t>(kStemThreads % tiles.patch.columns);
  a.y = sides.y;
  a.x = sides.x;
  a.clamp = s.clamp;
  a.by_upper_word = constants.by_upper_word ? 1 : 0;
}

template <class Arguments>
Launch in_tiles(const Frame& frame, LaunchBuilder& to, const Tiles& tiles, const StemArguments& a,
                const Arguments& arguments) {
  const auto blocks = static_cast<std::uint32_t>(frame.images) * a.tiles_down.value * a.tiles_across.value *
                      a.column_tiles.value;
  Launch launch = to.in_blocks(blocks, kStemThreads, arguments);
  launch.dynamic_shared_bytes = static_cast<std::uint32_t>(tiles.patch.rows * tiles.patch.columns * kWord);
  return launch;
}

Launch launch_stem(const Frame& frame, LaunchBuilder& to, const Conv2d& s, const StemConstants& constants,
                   StemArguments a) {
  const Tiles tiles{kStemRows, kStemColumns, patch_of(s.kernel.window, kStemRows)};
  describe_stem(frame, to, s, s.out, constants, tiles, a);
  return in_tiles(frame, to, tiles, a, a);
}

/// What reads the pixels themselves.
StemArguments of_pixels(const Plan& plan, LaunchBuilder& to, const ConstantArray& factors, SlotId image) {
  StemArguments a{
      .in = to.reads_pixels(), .factors = to.reads(factors), .pixel_clamp = range_of(plan[image].bits)};
  a.in.zero_point = plan[image].zero_point;
  return a;
}

}  // namespace

Launches prepare_stem(const Context& context, const Conv2d& s) {
  return [&s, constants = pack(context, s)](const Frame& frame) {
    LaunchBuilder to(frame, "zsq_stem");
    const StemArguments a{.in = to.reads(s.in)};
    return std::vector{launch_stem(frame, to, s, constants, a)};
  };
}

Launches prepare_pixel_stem(const Context& context, const Pixels& pixels, const Conv2d& s) {
  const ConstantArray factors = context.constants.add(pixel_factors(pixels));
  return [&plan = context.plan, &s, factors, constants = pack(context, s)](const Frame& frame) {
    LaunchBuilder to(frame, "zsq_pixel_stem");
    const StemArguments a = of_pixels(plan, to, factors, s.in);
    return std::vector{launch_stem(frame, to, s, constants, a)};
  };
}

Launches prepare_pixel_stem_pool(const Context& context, const Pixels& pixels, const Conv2d& s,
                                 const MaxPool& pool) {
  const ConstantArray factors = context.constants.add(pixel_factors(pixels));
  return [&plan = context.plan, &s, &pool, factors, constants = pack(context, s)](const Frame& frame) {
    LaunchBuilder to(frame, "zsq_pixel_stem_pool");
    const Tiles tiles{kPooledWarps * kPoolRows, kPoolColumns, patch_of(s.kernel.window, kRowsOfPool)};
    const Shape& conv = plan[s.out].shape;
    StemPoolArguments a{.stem = of_pixels(plan, to, factors, s.in),
                        .conv_h = static_cast<std::int32_t>(conv.h),
                        .conv_w = static_cast<std::int32_t>(conv.w),
                        .before_y = pool.window.padding.top,
                        .before_x = pool.window.padding.left};
    describe_stem(frame, to, s, pool.out, constants, tiles, a.stem);
    return std::vector{in_tiles(frame, to, tiles, a.stem, a)};
  };
}

}  // namespace zsq::runtime::cuda
