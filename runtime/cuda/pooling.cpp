#include "runtime/cuda/prepare.h"

namespace zsq::runtime::cuda {
namespace {

/// By output row or column. Here and not in the kernel, since it divides.
std::vector<Neighbours> neighbours(std::int64_t places, std::int64_t factor, std::int64_t extent) {
  std::vector<Neighbours> all;
  for (std::int64_t i = 0; i < places; ++i) {
    const Between b = between(i, factor, extent);
    all.push_back({static_cast<std::int32_t>(b.first), static_cast<std::int32_t>(b.second), b.first_weight,
                   b.second_weight});
  }
  return all;
}

template <class S>
Launches prepare_upsample(const Context& context, const S& s, const char* kernel,
                          const UpsampleArguments& rest) {
  const Shape &in = context.plan[s.in].shape, &out = context.plan[s.out].shape;
  const ConstantArray rows = context.constants.add(neighbours(out.h, s.factor.h, in.h));
  const ConstantArray columns = context.constants.add(neighbours(out.w, s.factor.w, in.w));
  return [=, &s](const Frame& frame) {
    LaunchBuilder to(frame, kernel);
    UpsampleArguments a = rest;
    a.in = to.reads(s.in);
    a.out = to.writes(s.out);
    a.rows = to.reads(rows);
    a.columns = to.reads(columns);
    a.work = to.values_of(s.out);
    return std::vector{to.one_thread_each(a)};
  };
}

}  // namespace

Launches prepare(const Context& context, const MaxPool& s) {
  if (const std::int64_t together = channels_at_once(context, {s.in, s.out}); together > 1)
    return [&s, together](const Frame& frame) {
      LaunchBuilder to(frame, kernel_at_once("zsq_max_pool", together));
      return std::vector{to.one_thread_each(VectorPoolArguments{.in = to.reads(s.in),
                                                                .out = to.writes(s.out),
                                                                .window = sides_of(s.window),
                                                                .work = to.values_of(s.out, together)})};
    };
  return [&plan = context.plan, &s](const Frame& frame) {
    LaunchBuilder to(frame, kernel_for(plan, s.in, "max_pool"));
    return std::vector{to.one_thread_each(MaxPoolArguments{.in = to.reads(s.in),
                                                           .out = to.writes(s.out),
                                                           .window = sides_of(s.window),
                                                           .work = to.values_of(s.out)})};
  };
}

Launches prepare(const Context& context, const AvgPool& s) {
  std::vector<WideRescale> rescale;
  for (const Rescale& r : s.rescale) rescale.push_back(wide(r));
  const ConstantArray array = context.constants.add(rescale);
  const std::int64_t together = channels_at_once(context, {s.in, s.out});
  return [&s, array, together](const Frame& frame) {
    LaunchBuilder to(frame, kernel_at_once("zsq_avg_pool", together));
    return std::vector{to.one_thread_each(AvgPoolArguments{.in = to.reads(s.in),
                                                           .out = to.writes(s.out),
                                                           .window = sides_of(s.window),
                                                           .rescale = to.reads(array),
                                                           .constant = s.rescale.size() == 1 ? 1 : 0,
                                                           .clamp = s.clamp,
                                                           .work = to.values_of(s.out, together)})};
  };
}

Launches prepare(const Context& context, const WideAvgPool& s) {
  const ConstantArray array = context.constants.add(s.multiplier);
  return [&plan = context.plan, &s, array](const Frame& frame) {
    LaunchBuilder to(frame, is_wide(plan[s.in]) ? "zsq_wide_avg_pool_of_wide" : "zsq_wide_avg_pool");
    return std::vector{to.one_thread_each(WideAvgPoolArguments{.in = to.reads(s.in),
                                                               .out = to.writes(s.out),
                                                               .window = sides_of(s.window),
                                                               .multiplier = to.reads(array),
                                                               .constant = s.multiplier.size() == 1 ? 1 : 0,
                                                               .shift = s.shift,
                                                               .post_shift = s.post_shift,
                                                               .work = to.values_of(s.out)})};
  };
}

Launches prepare(const Context& context, const Upsample& s) {
  return prepare_upsample(context, s, "zsq_upsample", {.rescale = wide(s.rescale), .clamp = s.clamp});
}

Launches prepare(const Context& context, const WideUpsample& s) {
  return prepare_upsample(context, s, "zsq_wide_upsample", {.rescale = {0, s.shift, 0}});
}

}  // namespace zsq::runtime::cuda
