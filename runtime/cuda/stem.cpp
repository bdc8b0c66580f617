#include "runtime/cuda/stem.h"

#include "runtime/cuda/finish.h"

namespace zsq::runtime::cuda {
namespace {

constexpr std::int64_t kTapsOfStep = 8, kWord = 4;

struct Patch {
  std::int64_t rows = 0, columns = 0;
};

Patch patch_of(const Window& w) {
  const auto seen = [](std::int64_t places, int kernel, int stride, int dilation) {
    return (places - 1) * stride + std::int64_t{kernel - 1} * dilation + 1;
  };
  return {seen(kStemRows, w.kernel.h, w.stride.h, w.dilation.h),
          seen(kStemColumns, w.kernel.w, w.stride.w, w.dilation.w)};
}

std::int64_t taps_of(const Window& w) { return std::int64_t{w.kernel.h} * w.kernel.w; }
std::int64_t steps_of(const Window& w) { return up_to_multiple(taps_of(w), kTapsOfStep) / kTapsOfStep; }

/// In bytes of the patch; those behind the last have weights of zero.
std::vector<std::int32_t> taps(const Window& w) {
  std::vector<std::int32_t> all;
  for (std::int64_t i = 0; i < w.kernel.h; ++i)
    for (std::int64_t j = 0; j < w.kernel.w; ++j)
      all.push_back(
          static_cast<std::int32_t>((i * w.dilation.h * patch_of(w).columns + j * w.dilation.w) * kWord));
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
  constexpr std::int64_t kMostWords = 48 * 1024 / kWord;
  const Patch patch = patch_of(s.kernel.window);
  return s.kernel.groups == 1 && !s.residual && context.layouts[index(s.in)].channel_stride == kWord &&
         patch.rows <= kMostWords && patch.columns <= kMostWords && patch.rows * patch.columns <= kMostWords;
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

/// All but the input.
Launch launch_stem(const Frame& frame, LaunchBuilder& to, const Conv2d& s, const StemConstants& constants,
                   StemArguments a) {
  const Shape& out = (*frame.plan)[s.out].shape;
  const Patch patch = patch_of(s.kernel.window);
  const Sides sides = sides_of(s.kernel.window);
  const auto tiles = [](std::int64_t extent, std::int64_t of) { return (extent + of - 1) / of; };
  const std::int64_t column_tiles = tiles(out.c, kStemOutputs), across = tiles(out.w, kStemColumns),
                     down = tiles(out.h, kStemRows);
  a.out = to.writes(s.out);
  a.weight = to.reads(constants.weight);
  a.finish = to.reads(constants.finish);
  a.taps = to.reads(constants.taps);
  a.steps = static_cast<std::int32_t>(steps_of(s.kernel.window));
  a.column_tiles = divisor(column_tiles);
  a.tiles_across = divisor(across);
  a.tiles_down = divisor(down);
  a.patch_columns = divisor(patch.columns);
  a.patch_rows = static_cast<std::int32_t>(patch.rows);
  a.rows_on = static_cast<std::int32_t>(kStemThreads / patch.columns);
  a.columns_on = static_cast<std::int32_t>(kStemThreads % patch.columns);
  a.y = sides.y;
  a.x = sides.x;
  a.clamp = s.clamp;
  a.by_upper_word = constants.by_upper_word ? 1 : 0;
  Launch launch =
      to.in_blocks(static_cast<std::uint32_t>(frame.images * down * across * column_tiles), kStemThreads, a);
  launch.dynamic_shared_bytes = static_cast<std::uint32_t>(patch.rows * patch.columns * kWord);
  return launch;
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
    StemArguments a{
        .in = to.reads_pixels(), .factors = to.reads(factors), .pixel_clamp = range_of(plan[s.in].bits)};
    a.in.zero_point = plan[s.in].zero_point;
    return std::vector{launch_stem(frame, to, s, constants, a)};
  };
}

}  // namespace zsq::runtime::cuda
