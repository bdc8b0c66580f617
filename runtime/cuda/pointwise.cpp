#include "runtime/cuda/prepare.h"

namespace zsq::runtime::cuda {
namespace {

template <class S>
Launches prepare_table(const Context& context, const S& s, const char* kernel, std::int64_t together) {
  const ConstantArray array =
      context.constants.add(std::span<const typename decltype(s.values)::value_type>(s.values));
  return [=, &s](const Frame& frame) {
    LaunchBuilder to(frame, kernel_at_once(kernel, together));
    return std::vector{to.one_thread_each(TableArguments{.in = to.reads(s.in),
                                                         .out = to.writes(s.out),
                                                         .values = to.reads(array),
                                                         .work = to.values_of(s.out, together)})};
  };
}

}  // namespace

std::vector<PixelFactor> pixel_factors(const Pixels& s) {
  std::vector<PixelFactor> factors;
  for (std::size_t c = 0; c < s.multiplier.size(); ++c)
    factors.push_back({s.multiplier[c], s.offset[c], s.shift[c]});
  return factors;
}

Launches prepare(const Context& context, const Pixels& s) {
  const ConstantArray array = context.constants.add(pixel_factors(s));
  constexpr std::int64_t kWord = 4;
  const bool of_words = context.layouts[index(s.out)].channel_stride == kWord;
  return [&plan = context.plan, &s, array, of_words](const Frame& frame) {
    LaunchBuilder to(frame, of_words ? "zsq_pixels_of_words" : "zsq_pixels");
    return std::vector{
        to.one_thread_each(PixelsArguments{.in = to.reads_pixels(),
                                           .out = to.writes(s.out),
                                           .factors = to.reads(array),
                                           .clamp = range_of(plan[s.out].bits),
                                           .work = to.values_of(s.out, of_words ? kWord : 1)})};
  };
}

Launches prepare(const Context& context, const Add& s) {
  const std::int64_t together = channels_at_once(context, {s.a, s.b, s.out});
  return [&s, together](const Frame& frame) {
    LaunchBuilder to(frame, kernel_at_once("zsq_add", together));
    return std::vector{to.one_thread_each(AddArguments{.a = to.reads(s.a),
                                                       .b = to.reads(s.b),
                                                       .out = to.writes(s.out),
                                                       .factors = {s.a_multiplier, s.b_multiplier, s.shift},
                                                       .clamp = s.clamp,
                                                       .work = to.values_of(s.out, together)})};
  };
}

Launches prepare(const Context& context, const Mul& s) {
  const std::int32_t per_place = context.plan[s.a].shape == context.plan[s.b].shape ? 1 : 0;
  const std::int64_t together = channels_at_once(context, {s.a, s.b, s.out});
  return [&s, per_place, together](const Frame& frame) {
    LaunchBuilder to(frame, kernel_at_once("zsq_mul", together));
    return std::vector{to.one_thread_each(MulArguments{.a = to.reads(s.a),
                                                       .b = to.reads(s.b),
                                                       .out = to.writes(s.out),
                                                       .b_per_place = per_place,
                                                       .rescale = wide(s.rescale),
                                                       .clamp = s.clamp,
                                                       .work = to.values_of(s.out, together)})};
  };
}

Launches prepare(const Context& context, const Table& s) {
  return prepare_table(context, s, "zsq_table", channels_at_once(context, {s.in, s.out}));
}

Launches prepare(const Context& context, const WideTable& s) {
  return prepare_table(context, s, "zsq_wide_table", 1);
}

Launches prepare(const Context&, const WideAdd& s) {
  return [&s](const Frame& frame) {
    LaunchBuilder to(frame, "zsq_wide_add");
    return std::vector{to.one_thread_each(WideAddArguments{
        .a = to.reads(s.a), .b = to.reads(s.b), .out = to.writes(s.out), .work = to.values_of(s.out)})};
  };
}

Launches prepare(const Context&, const WideActivation& s) {
  return [&s](const Frame& frame) {
    LaunchBuilder to(frame, "zsq_wide_activation");
    return std::vector{
        to.one_thread_each(WideActivationArguments{.in = to.reads(s.in),
                                                   .out = to.writes(s.out),
                                                   .slope = {s.slope_multiplier, s.slope_shift},
                                                   .clamp = {s.low, s.high},
                                                   .work = to.values_of(s.out)})};
  };
}

}  // namespace zsq::runtime::cuda
