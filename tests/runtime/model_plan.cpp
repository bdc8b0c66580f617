#include "tests/runtime/model_plan.h"

#include <stdexcept>

#include "tests/runtime/model_arith.h"

namespace zsq::runtime::model {
namespace {

/// One tensor of one image, NCHW.
struct Cube {
  std::int64_t c = 0, h = 0, w = 0;
  std::vector<Wide> values;

  Cube() = default;
  Cube(std::int64_t c_, std::int64_t h_, std::int64_t w_, Wide fill = 0)
      : c(c_), h(h_), w(w_), values(static_cast<std::size_t>(c_ * h_ * w_), fill) {}

  Wide& operator()(std::int64_t k, std::int64_t y, std::int64_t x) {
    return values.at(static_cast<std::size_t>((k * h + y) * w + x));
  }
  Wide operator()(std::int64_t k, std::int64_t y, std::int64_t x) const {
    return values.at(static_cast<std::size_t>((k * h + y) * w + x));
  }
};

Cube padded(const Cube& in, const Padding& p, Wide fill) {
  Cube out(in.c, in.h + p.top + p.bottom, in.w + p.left + p.right, fill);
  for (std::int64_t k = 0; k < in.c; ++k)
    for (std::int64_t y = 0; y < in.h; ++y)
      for (std::int64_t x = 0; x < in.w; ++x) out(k, y + p.top, x + p.left) = in(k, y, x);
  return out;
}

Wide place(std::int64_t output, int stride, int tap, int dilation) {
  return output * stride + std::int64_t{tap} * dilation;
}

/// [outputs][h][w] of accumulators.
Cube correlate(const Kernel& kernel, const Cube& image, Wide zero_point) {
  const Cube in = padded(image, kernel.window.padding, zero_point);
  const Window& win = kernel.window;
  const std::int64_t h = (in.h - (win.kernel.h - 1) * win.dilation.h - 1) / win.stride.h + 1,
                     w = (in.w - (win.kernel.w - 1) * win.dilation.w - 1) / win.stride.w + 1;
  Cube acc(kernel.outputs, h, w);
  std::size_t weight = 0;
  for (std::int64_t o = 0; o < kernel.outputs; ++o) {
    for (std::int64_t y = 0; y < h; ++y)
      for (std::int64_t x = 0; x < w; ++x) acc(o, y, x) = kernel.bias.at(static_cast<std::size_t>(o));
    const std::int64_t group = o * kernel.groups / kernel.outputs;
    for (int i = 0; i < win.kernel.h; ++i)
      for (int j = 0; j < win.kernel.w; ++j)
        for (std::int64_t k = 0; k < kernel.inputs_per_group; ++k, ++weight)
          for (std::int64_t y = 0; y < h; ++y)
            for (std::int64_t x = 0; x < w; ++x)
              acc(o, y, x) += Wide{kernel.weight.at(weight)} * in(group * kernel.inputs_per_group + k,
                                                                  place(y, win.stride.h, i, win.dilation.h),
                                                                  place(x, win.stride.w, j, win.dilation.w));
  }
  for (const Wide v : acc.values)
    if (v >= power(31) || v < -power(31)) throw std::logic_error("an accumulator left 32 bits");
  return acc;
}

class Machine {
 public:
  Machine(const Plan& plan, std::span<const std::uint8_t> pixels)
      : plan_(plan), pixels_(pixels), values_(plan.slots.size()) {}

  Result run() {
    for (const Step& step : plan_.steps) std::visit([&](const auto& s) { compute(s); }, step);
    Result result;
    for (const Cube& cube : values_) {
      auto& nhwc = result.slots.emplace_back();
      for (std::int64_t y = 0; y < cube.h; ++y)
        for (std::int64_t x = 0; x < cube.w; ++x)
          for (std::int64_t k = 0; k < cube.c; ++k) nhwc.push_back(static_cast<std::int8_t>(cube(k, y, x)));
    }
    result.logits = std::move(logits_);
    return result;
  }

 private:
  Wide zero(SlotId id) const { return plan_[id].zero_point; }
  const Cube& in(SlotId id) const { return values_.at(index(id)); }

  /// Fills the output of a step from f(c, y, x).
  template <class F>
  void make(SlotId id, const F& f) {
    const Shape& shape = plan_[id].shape;
    Cube out(shape.c, shape.h, shape.w);
    for (std::int64_t k = 0; k < shape.c; ++k)
      for (std::int64_t y = 0; y < shape.h; ++y)
        for (std::int64_t x = 0; x < shape.w; ++x) out(k, y, x) = f(k, y, x);
    values_.at(index(id)) = std::move(out);
  }

  Wide activation(Wide v, SlotId out, Clamp c) const { return clamp(v + zero(out), c.low, c.high); }

  static Wide scaled(Wide acc, const Rescale& r, Wide beside = 0) {
    return rescale(acc, r.multiplier, r.first_shift, r.second_shift, beside);
  }

  void compute(const Pixels& s) {
    const Wide top = power(plan_[s.out].bits - 1);
    make(s.out, [&](std::int64_t k, std::int64_t y, std::int64_t x) {
      const auto c = static_cast<std::size_t>(k);
      const Wide p = pixels_[static_cast<std::size_t>((y * plan_.image.w + x) * plan_.image.c + k)];
      return clamp(floor_divide(p * s.multiplier.at(c) + s.offset.at(c), power(s.shift.at(c))), -top,
                   top - 1);
    });
  }

  void compute(const Conv2d& s) {
    const Cube acc = correlate(s.kernel, in(s.in), zero(s.in));
    make(s.out, [&](std::int64_t k, std::int64_t y, std::int64_t x) {
      const auto c = static_cast<std::size_t>(k);
      Wide beside = 0;
      if (s.residual)
        beside = (in(s.residual->in)(k, y, x) - zero(s.residual->in)) * s.residual->multiplier.at(c) *
                 power(s.residual->shift.at(c));
      return activation(scaled(acc(k, y, x), s.rescale.at(c), beside), s.out, s.clamp);
    });
  }

  void compute(const Add& s) {
    make(s.out, [&](std::int64_t k, std::int64_t y, std::int64_t x) {
      const Wide sum =
          (in(s.a)(k, y, x) - zero(s.a)) * s.a_multiplier + (in(s.b)(k, y, x) - zero(s.b)) * s.b_multiplier;
      return activation(round_half_up(sum, s.shift), s.out, s.clamp);
    });
  }

  void compute(const Mul& s) {
    const bool factor = in(s.b).values.size() != in(s.a).values.size();
    make(s.out, [&](std::int64_t k, std::int64_t y, std::int64_t x) {
      const Wide b = factor ? in(s.b)(k, 0, 0) : in(s.b)(k, y, x);
      return activation(scaled((in(s.a)(k, y, x) - zero(s.a)) * (b - zero(s.b)), s.rescale), s.out, s.clamp);
    });
  }

  void compute(const MaxPool& s) {
    constexpr Wide kOutside = -1000;
    const Cube image = padded(in(s.in), s.window.padding, kOutside);
    make(s.out, [&](std::int64_t k, std::int64_t y, std::int64_t x) {
      Wide best = kOutside;
      for (int i = 0; i < s.window.kernel.h; ++i)
        for (int j = 0; j < s.window.kernel.w; ++j)
          best = std::max(best, image(k, place(y, s.window.stride.h, i, s.window.dilation.h),
                                      place(x, s.window.stride.w, j, s.window.dilation.w)));
      return best;
    });
  }

  void compute(const AvgPool& s) {
    constexpr Wide kOutside = 1000;
    const Cube image = padded(in(s.in), s.window.padding, kOutside);
    make(s.out, [&](std::int64_t k, std::int64_t y, std::int64_t x) {
      Wide sum = 0;
      std::size_t places = 0;
      for (int i = 0; i < s.window.kernel.h; ++i)
        for (int j = 0; j < s.window.kernel.w; ++j) {
          const Wide v = image(k, y * s.window.stride.h + i, x * s.window.stride.w + j);
          if (v == kOutside) continue;
          sum += v;
          ++places;
        }
      const Rescale r = s.rescale.size() == 1 ? s.rescale.front() : s.rescale.at(places - 1);
      return activation(scaled(sum - static_cast<Wide>(places) * zero(s.in), r), s.out, s.clamp);
    });
  }

  void compute(const Table& s) {
    make(s.out, [&](std::int64_t k, std::int64_t y, std::int64_t x) {
      return Wide{s.values.at(static_cast<std::size_t>(in(s.in)(k, y, x) + 128))};
    });
  }

  void compute(const Concat& s) {
    std::vector<Wide> all;
    for (const SlotId id : s.in) all.insert(all.end(), in(id).values.begin(), in(id).values.end());
    const Shape& shape = plan_[s.out].shape;
    Cube out(shape.c, shape.h, shape.w);
    out.values = std::move(all);  // in NCHW, channels simply follow each other
    values_.at(index(s.out)) = std::move(out);
  }

  void compute(const Slice& s) {
    std::vector<Wide> kept;
    const auto inside = [](const zsq::Slice::Range& r, std::int64_t i) {
      return r.begin <= i && i < r.end && (i - r.begin) % r.step == 0;
    };
    const Cube& image = in(s.in);
    for (std::int64_t k = 0; k < image.c; ++k)
      for (std::int64_t y = 0; y < image.h; ++y)
        for (std::int64_t x = 0; x < image.w; ++x)
          if (inside(s.ranges.c, k) && inside(s.ranges.h, y) && inside(s.ranges.w, x))
            kept.push_back(image(k, y, x));
    const Shape& shape = plan_[s.out].shape;
    Cube out(shape.c, shape.h, shape.w);
    out.values = std::move(kept);
    values_.at(index(s.out)) = std::move(out);
  }

  void compute(const Pad& s) {
    const auto& [c, h, w, unused] = s.amounts;
    const Cube sides = padded(in(s.in), {h.before, w.before, h.after, w.after}, s.value);
    make(s.out, [&, first = c.before](std::int64_t k, std::int64_t y, std::int64_t x) {
      return k < first || k >= first + sides.c ? Wide{s.value} : sides(k - first, y, x);
    });
  }

  void compute(const ChannelShuffle& s) {
    const std::int64_t per_group = in(s.in).c / s.groups;
    make(s.out, [&](std::int64_t k, std::int64_t y, std::int64_t x) {
      return in(s.in)(k % s.groups * per_group + k / s.groups, y, x);
    });
  }

  void compute(const Logits& s) {
    const Cube acc = correlate(s.kernel, in(s.in), zero(s.in));
    for (std::size_t o = 0; o < acc.values.size(); ++o)
      logits_.push_back(
          static_cast<std::int32_t>(sat16(round_half_up(acc.values[o], s.shift.at(o))) * s.multiplier.at(o)));
  }

  void compute(const Widen& s) {
    for (const Wide v : in(s.in).values) logits_.push_back(static_cast<std::int32_t>(v - zero(s.in)));
  }

  const Plan& plan_;
  std::span<const std::uint8_t> pixels_;
  std::vector<Cube> values_;
  std::vector<std::int32_t> logits_;
};

}  // namespace

Result run(const Plan& plan, std::span<const std::uint8_t> pixels) { return Machine(plan, pixels).run(); }

}  // namespace zsq::runtime::model
