#include "tests/runtime/random_plan.h"

#include <algorithm>

#include "graph/shape.h"

namespace zsq::runtime {
namespace {

/// Appends steps of every kind to what has been made so far, as long as tensors stay small.
class Grower {
 public:
  Grower(std::uint64_t seed, Manner manner)
      : dice_(seed),
        builder_(seed + 1, {1, dice_.between(1, 4), dice_.between(1, 12), dice_.between(1, 12)}, manner) {
    made_.push_back(builder_.image());
  }

  Plan grow() {
    for (std::int64_t steps = dice_.between(1, 9); steps > 0; --steps)
      made_.push_back(one(latest_or_any(made_)));
    if (dice_.one_in(3)) return classifier();
    for (std::int64_t steps = dice_.between(0, 7); steps > 0; --steps)
      wide_.push_back(
          one_wide(wide_.empty() || dice_.one_in(4) ? latest_or_any(made_) : latest_or_any(wide_)));
    std::vector<SlotId> outputs{wide_.empty() ? made_.back() : wide_.back()};
    for (std::int64_t more = dice_.between(0, 2); more > 0; --more) {
      const SlotId other = latest_or_any(dice_.one_in(2) || wide_.empty() ? made_ : wide_);
      if (std::ranges::find(outputs, other) == outputs.end()) outputs.push_back(other);
    }
    return builder_.finish(outputs);
  }

 private:
  Plan classifier() {
    const SlotId last = made_.back();
    if (dice_.one_in(4)) return builder_.finish({builder_.wide_table(builder_.global_pool(last))});
    return builder_.logits(dice_.one_in(2) ? last : builder_.global_pool(last), dice_.between(1, 20), bits());
  }

  const Shape& shape(SlotId id) const { return builder_.plan()[id].shape; }
  int bits() { return dice_.one_in(3) ? static_cast<int>(dice_.between(2, 7)) : 8; }
  SlotId latest_or_any(const std::vector<SlotId>& of) {
    return dice_.one_in(4) ? of[static_cast<std::size_t>(dice_.between(0, std::ssize(of) - 1))] : of.back();
  }

  SlotId one(SlotId in) {
    if (shape(in).size() > kLarge) return builder_.max_pool(in, {{1, 1}, {2, 2}, {}, {}});
    switch (dice_.between(0, 14)) {
      case 0: return builder_.table(in);
      case 1: return builder_.add(in, same_shape(in));
      case 2: return builder_.mul(in, dice_.one_in(2) ? same_shape(in) : builder_.global_pool(in));
      case 3: return builder_.avg_pool(in, pooling(in), dice_.one_in(2));
      case 4: return builder_.upsample(in, factor());
      case 5: return builder_.concat({in, builder_.table_like(same_shape(in), in)});
      case 6: return depthwise(in);
      case 7:
      case 8: return moved(in);
      case 9: return moved(in);
      default: return convolution(in);
    }
  }

  SlotId one_wide(SlotId in) {
    if (!is_wide(builder_.plan()[in])) {
      switch (dice_.between(0, 3)) {
        case 0: return builder_.wide_table(in);
        case 1: return builder_.wide_avg_pool(in, pooling(in), dice_.one_in(2));
        default: return builder_.wide_conv(in, spec(in));
      }
    }
    if (shape(in).size() > kLarge) return builder_.max_pool(in, {{1, 1}, {2, 2}, {}, {}});
    switch (dice_.between(0, 5)) {
      case 0: return builder_.wide_add(in, same_shape_wide(in));
      case 1: return builder_.wide_avg_pool(in, pooling(in), dice_.one_in(2));
      case 2: return builder_.wide_activation(in);
      case 3: return builder_.wide_upsample(in, factor());
      case 4: return builder_.concat({in, same_shape_wide(in)});
      default: return moved(in);
    }
  }

  /// One of the steps that move values.
  SlotId moved(SlotId in) {
    switch (dice_.between(0, 6)) {
      case 0: return builder_.max_pool(in, pooling(in));
      case 1: return builder_.slice(in, {range(shape(in).c), range(shape(in).h), range(shape(in).w)});
      case 2: return builder_.pad(in, {amount(), amount(), amount()});
      case 3: return builder_.shuffle(in, divisor(shape(in).c));
      case 4: {
        const int across = divisor(shape(in).c);
        return builder_.pixel_shuffle(in, {divisor(shape(in).c / across), across});
      }
      case 5: return builder_.pixel_unshuffle(in, {divisor(shape(in).h), divisor(shape(in).w)});
      default: return builder_.upsample_nearest(in, factor());
    }
  }

  Size2 factor() { return {static_cast<int>(dice_.between(1, 3)), static_cast<int>(dice_.between(1, 3))}; }

  SlotId same_shape(SlotId in) {
    for (const SlotId other : made_)
      if (other != in && shape(other) == shape(in)) return other;
    return builder_.table(in);
  }

  SlotId same_shape_wide(SlotId in) {
    for (const SlotId other : wide_)
      if (other != in && shape(other) == shape(in)) return other;
    return in;
  }

  int divisor(std::int64_t n) {
    std::int64_t d = dice_.between(1, n);
    while (n % d != 0) --d;
    return static_cast<int>(d);
  }

  zsq::Pad::Amount amount() {
    return {static_cast<int>(dice_.between(0, 2)), static_cast<int>(dice_.between(0, 2))};
  }

  zsq::Slice::Range range(std::int64_t extent) {
    const std::int64_t begin = dice_.between(0, extent - 1);
    return {begin, dice_.between(begin + 1, extent), dice_.between(1, 3)};
  }

  /// A window that fits into the image with its padding.
  Window window(const Shape& in, int most_dilation) {
    const auto draw = [&](std::int64_t low, std::int64_t high) {
      return static_cast<int>(dice_.between(low, high));
    };
    while (true) {
      const Window w{.kernel = {draw(1, 4), draw(1, 4)},
                     .stride = {draw(1, 3), draw(1, 3)},
                     .dilation = {draw(1, most_dilation), draw(1, most_dilation)},
                     .padding = {draw(0, 3), draw(0, 3), draw(0, 3), draw(0, 3)}};
      const Size2 out = window_output(w, in.h, in.w);
      if (out.h > 0 && out.w > 0) return w;
    }
  }

  /// One in which every place sees the image.
  Window pooling(SlotId in) {
    while (true) {
      const Window w = window(shape(in), 1);
      const auto sees = [](int kernel, int stride, int before, int places, std::int64_t extent) {
        return before < kernel && std::int64_t{places - 1} * stride - before < extent;
      };
      const Size2 out = window_output(w, shape(in).h, shape(in).w);
      if (sees(w.kernel.h, w.stride.h, w.padding.top, out.h, shape(in).h) &&
          sees(w.kernel.w, w.stride.w, w.padding.left, out.w, shape(in).w))
        return w;
    }
  }

  SlotId depthwise(SlotId in) {
    const std::int64_t channels = shape(in).c;
    return builder_.conv(in, {.outputs = channels,
                              .groups = static_cast<int>(channels),
                              .window = window(shape(in), 2),
                              .bits = bits()});
  }

  ConvSpec spec(SlotId in) {
    const int groups = dice_.one_in(3) ? divisor(shape(in).c) : 1;
    return {.outputs = groups * dice_.between(1, dice_.one_in(4) ? 40 / groups + 1 : 6),
            .groups = groups,
            .window = dice_.one_in(3) ? Window{} : window(shape(in), 3),
            .bits = bits()};
  }

  SlotId convolution(SlotId in) {
    ConvSpec like = spec(in);
    if (dice_.one_in(3)) like.residual = builder_.conv(in, like);  // of the shape that the residual needs
    return builder_.conv(in, like);
  }

  static constexpr std::int64_t kLarge = 1500;  // values; larger slots are made smaller

  Dice dice_;
  PlanBuilder builder_;
  std::vector<SlotId> made_, wide_;  // narrow slots, and those of the plan's tail
};

}  // namespace

Plan random_plan(std::uint64_t seed, Manner manner) { return Grower(seed, manner).grow(); }

PlanFile random_plan_file(std::uint64_t seed) {
  Dice dice(seed);
  PlanFile file{.plan = random_plan(seed), .metadata = {}};
  Metadata& m = file.metadata;
  m.network = "network \"" + std::to_string(seed) + "\" \xc3\xa9";
  for (std::size_t i = 0; i < file.plan.slots.size(); ++i)
    m.tensors.push_back(
        {"tensor." + std::to_string(i), 1.0 / static_cast<double>(dice.between(1, 1'000'000))});
  for (std::size_t i = 0; i < file.plan.steps.size(); ++i) m.steps.push_back("step." + std::to_string(i));
  m.preprocessing.mean = {0.485, 0.1, 1.0 / 3};
  m.preprocessing.deviation = {0.229, 1, 2};
  if (dice.one_in(2)) m.preprocessing.channels = Preprocessing::Channels::bgr;
  if (dice.one_in(2)) m.preprocessing.resize = Preprocessing::Resize{.shorter_side = 256};
  if (dice.one_in(2))
    m.preprocessing.crop = Preprocessing::Crop{.height = 224, .width = 224, .row = 3, .column = {}};
  if (dice.one_in(2))
    for (std::int64_t i = 0; i < classes(file.plan).value_or(0); ++i)
      m.labels.push_back("class\n" + std::to_string(i));
  m.recipe = R"({"seed": 7, "version": "0.1.0"})";
  return file;
}

std::vector<std::uint8_t> random_pixels(const Plan& plan, std::int64_t images, std::uint64_t seed) {
  Dice dice(seed);
  std::vector<std::uint8_t> pixels;
  for (std::int64_t i = 0; i < images; ++i) {
    const auto style = dice.between(0, 4);
    for (std::int64_t p = 0; p < plan.image.size(); ++p) {
      const std::int64_t v = style == 0   ? 0
                             : style == 1 ? 255
                             : style == 2 ? 255 * dice.between(0, 1)
                                          : dice.between(0, 255);
      pixels.push_back(static_cast<std::uint8_t>(v));
    }
  }
  return pixels;
}

}  // namespace zsq::runtime
