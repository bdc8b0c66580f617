#include "tests/runtime/model_plan.h"

#include "tests/runtime/model_cube.h"

namespace zsq::runtime::model {
namespace {

class Machine {
 public:
  Machine(const Plan& plan, std::span<const std::uint8_t> pixels)
      : plan_(plan), pixels_(pixels), values_(plan.slots.size()) {}

  Result run() {
    for (const Step& step : plan_.steps) std::visit([&](const auto& s) { compute(s); }, step);
    Result result;
    for (const Cube& cube : values_) result.slots.push_back(nhwc(cube, 0));
    for (const SlotId id : plan_.outputs) result.outputs.push_back(nhwc(in(id), zero(id)));
    return result;
  }

 private:
  static std::vector<Wide> nhwc(const Cube& cube, Wide zero) {
    std::vector<Wide> values;
    for (std::int64_t y = 0; y < cube.h; ++y)
      for (std::int64_t x = 0; x < cube.w; ++x)
        for (std::int64_t k = 0; k < cube.c; ++k) values.push_back(cube(k, y, x) - zero);
    return values;
  }

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
    constexpr Wide kOutside = -power(40);
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

  /// Averages of term(v) over the places inside the image: finish(c's sum, number of places).
  template <class Term, class Finish>
  void average(SlotId from, SlotId to, const Window& window, const Term& term, const Finish& finish) {
    constexpr Wide kOutside = power(40);
    const Cube image = padded(in(from), window.padding, kOutside);
    make(to, [&](std::int64_t k, std::int64_t y, std::int64_t x) {
      Wide sum = 0;
      std::size_t places = 0;
      for (int i = 0; i < window.kernel.h; ++i)
        for (int j = 0; j < window.kernel.w; ++j) {
          const Wide v = image(k, y * window.stride.h + i, x * window.stride.w + j);
          if (v == kOutside) continue;
          sum += term(v);
          ++places;
        }
      return finish(whole(sum), places);
    });
  }

  void compute(const AvgPool& s) {
    average(
        s.in, s.out, s.window, [&](Wide v) { return v - zero(s.in); },
        [&](Wide sum, std::size_t places) {
          const Rescale r = s.rescale.size() == 1 ? s.rescale.front() : s.rescale.at(places - 1);
          return activation(scaled(sum, r), s.out, s.clamp);
        });
  }

  void compute(const WideAvgPool& s) {
    average(
        s.in, s.out, s.window, [&](Wide v) { return round_half_up(v - zero(s.in), s.shift); },
        [&](Wide sum, std::size_t places) {
          const Wide m = s.multiplier.size() == 1 ? s.multiplier.front() : s.multiplier.at(places - 1);
          return whole(round_half_up(sum, s.post_shift) * m);
        });
  }

  /// The sum over all places of the image of term(v) times its weight in bilinear upsampling.
  template <class Term>
  static Wide bilinear(const Cube& image, Size2 factor, std::int64_t k, std::int64_t y, std::int64_t x,
                       const Term& term) {
    Wide sum = 0;
    for (std::int64_t v = 0; v < image.h; ++v)
      for (std::int64_t u = 0; u < image.w; ++u)
        sum += triangle(v, y, factor.h, image.h) * triangle(u, x, factor.w, image.w) * term(image(k, v, u));
    return whole(sum);
  }

  void compute(const Upsample& s) {
    make(s.out, [&](std::int64_t k, std::int64_t y, std::int64_t x) {
      const Wide sum = bilinear(in(s.in), s.factor, k, y, x, [&](Wide v) { return v - zero(s.in); });
      return activation(scaled(sum, s.rescale), s.out, s.clamp);
    });
  }

  void compute(const WideUpsample& s) {
    make(s.out, [&](std::int64_t k, std::int64_t y, std::int64_t x) {
      return bilinear(in(s.in), s.factor, k, y, x, [&](Wide v) { return round_half_up(v, s.shift); });
    });
  }

  void compute(const UpsampleNearest& s) {
    Cube out(in(s.in).c, in(s.in).h * s.factor.h, in(s.in).w * s.factor.w);
    for (std::int64_t k = 0; k < in(s.in).c; ++k)
      for (std::int64_t y = 0; y < in(s.in).h; ++y)
        for (std::int64_t x = 0; x < in(s.in).w; ++x)
          for (int i = 0; i < s.factor.h; ++i)
            for (int j = 0; j < s.factor.w; ++j)
              out(k, y * s.factor.h + i, x * s.factor.w + j) = in(s.in)(k, y, x);
    values_.at(index(s.out)) = std::move(out);
  }

  void compute(const PixelShuffle& s) {
    Cube out(in(s.in).c / (s.factor.h * s.factor.w), in(s.in).h * s.factor.h, in(s.in).w * s.factor.w);
    std::int64_t from = 0;
    for (std::int64_t k = 0; k < out.c; ++k)
      for (int i = 0; i < s.factor.h; ++i)
        for (int j = 0; j < s.factor.w; ++j, ++from)
          for (std::int64_t y = 0; y < in(s.in).h; ++y)
            for (std::int64_t x = 0; x < in(s.in).w; ++x)
              out(k, y * s.factor.h + i, x * s.factor.w + j) = in(s.in)(from, y, x);
    values_.at(index(s.out)) = std::move(out);
  }

  void compute(const PixelUnshuffle& s) {
    const int fh = s.factor.h, fw = s.factor.w;
    Cube out(in(s.in).c * fh * fw, in(s.in).h / fh, in(s.in).w / fw);
    for (std::int64_t k = 0; k < in(s.in).c; ++k)
      for (std::int64_t y = 0; y < in(s.in).h; ++y)
        for (std::int64_t x = 0; x < in(s.in).w; ++x)
          out((k * fh + y % fh) * fw + x % fw, y / fh, x / fw) = in(s.in)(k, y, x);
    values_.at(index(s.out)) = std::move(out);
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

  void compute(const WideConv2d& s) {
    const Cube acc = correlate(s.kernel, in(s.in), zero(s.in));
    make(s.out, [&](std::int64_t k, std::int64_t y, std::int64_t x) {
      const auto c = static_cast<std::size_t>(k);
      const Wide middle = round_half_up(acc(k, y, x), s.shift.at(c));
      if (middle != sat16(middle)) throw std::logic_error("the middle of a wide value was cut off");
      return whole(middle * s.multiplier.at(c));
    });
  }

  void compute(const WideTable& s) {
    make(s.out, [&](std::int64_t k, std::int64_t y, std::int64_t x) {
      return Wide{s.values.at(static_cast<std::size_t>(in(s.in)(k, y, x) + 128))};
    });
  }

  void compute(const WideAdd& s) {
    make(s.out, [&](std::int64_t k, std::int64_t y, std::int64_t x) {
      return whole(in(s.a)(k, y, x) + in(s.b)(k, y, x));
    });
  }

  void compute(const WideActivation& s) {
    make(s.out, [&](std::int64_t k, std::int64_t y, std::int64_t x) {
      const Wide v = in(s.in)(k, y, x);
      return clamp(v < 0 ? whole(round_half_up(v, s.slope_shift) * s.slope_multiplier) : v, s.low, s.high);
    });
  }

  const Plan& plan_;
  std::span<const std::uint8_t> pixels_;
  std::vector<Cube> values_;
};

}  // namespace

Result run(const Plan& plan, std::span<const std::uint8_t> pixels) { return Machine(plan, pixels).run(); }

}  // namespace zsq::runtime::model
