#include "runtime/cuda/prepare.h"

namespace zsq::runtime::cuda {
namespace {

template <class S>
Launches prepare_factor(const Context& context, const S& s, const char* name) {
  return [&plan = context.plan, &s, name](const Frame& frame) {
    LaunchBuilder to(frame, kernel_for(plan, s.in, name));
    return std::vector{to.one_thread_each(FactorArguments{.in = to.reads(s.in),
                                                          .out = to.writes(s.out),
                                                          .h = divisor(s.factor.h),
                                                          .w = divisor(s.factor.w),
                                                          .work = to.values_of(s.out)})};
  };
}

}  // namespace

Launches prepare(const Context& context, const Concat& s) {
  return [&plan = context.plan, &s](const Frame& frame) {
    std::vector<Launch> launches;
    std::int32_t first = 0;
    for (const SlotId in : s.in) {
      LaunchBuilder to(frame, kernel_for(plan, s.out, "concat"));
      launches.push_back(to.one_thread_each(ConcatArguments{
          .in = to.reads(in), .out = to.writes(s.out), .first = first, .work = to.values_of(in)}));
      first += static_cast<std::int32_t>(plan[in].shape.c);
    }
    return launches;
  };
}

Launches prepare(const Context& context, const Slice& s) {
  const auto range = [](const zsq::Slice::Range& r) {
    return SliceArguments::Range{static_cast<std::int32_t>(r.begin), static_cast<std::int32_t>(r.step)};
  };
  return [&plan = context.plan, &s, range](const Frame& frame) {
    LaunchBuilder to(frame, kernel_for(plan, s.in, "slice"));
    return std::vector{to.one_thread_each(SliceArguments{.in = to.reads(s.in),
                                                         .out = to.writes(s.out),
                                                         .c = range(s.ranges.c),
                                                         .h = range(s.ranges.h),
                                                         .w = range(s.ranges.w),
                                                         .work = to.values_of(s.out)})};
  };
}

Launches prepare(const Context& context, const Pad& s) {
  return [&plan = context.plan, &s](const Frame& frame) {
    LaunchBuilder to(frame, kernel_for(plan, s.in, "pad"));
    return std::vector{
        to.one_thread_each(PadArguments{.in = to.reads(s.in),
                                        .out = to.writes(s.out),
                                        .channels = static_cast<std::int32_t>(plan[s.in].shape.c),
                                        .before_c = s.amounts.c.before,
                                        .before_h = s.amounts.h.before,
                                        .before_w = s.amounts.w.before,
                                        .value = s.value,
                                        .work = to.values_of(s.out)})};
  };
}

Launches prepare(const Context& context, const ChannelShuffle& s) {
  return [&plan = context.plan, &s](const Frame& frame) {
    LaunchBuilder to(frame, kernel_for(plan, s.in, "channel_shuffle"));
    return std::vector{to.one_thread_each(
        ShuffleArguments{.in = to.reads(s.in),
                         .out = to.writes(s.out),
                         .groups = divisor(s.groups),
                         .per_group = static_cast<std::int32_t>(plan[s.in].shape.c / s.groups),
                         .work = to.values_of(s.out)})};
  };
}

Launches prepare(const Context& context, const PixelShuffle& s) {
  return prepare_factor(context, s, "pixel_shuffle");
}

Launches prepare(const Context& context, const PixelUnshuffle& s) {
  return prepare_factor(context, s, "pixel_unshuffle");
}

Launches prepare(const Context& context, const UpsampleNearest& s) {
  return prepare_factor(context, s, "upsample_nearest");
}

}  // namespace zsq::runtime::cuda
