#include "apps/self_test.h"

#include "runtime/compare.h"
#include "runtime/plan.h"

namespace zsq::apps {
namespace {

using runtime::SlotId;

/// Weights that no two neighbours share, in -117..117.
template <class Weight>
std::vector<Weight> ramp(std::int64_t count) {
  std::vector<Weight> values(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<Weight>(13 * (static_cast<int>(i * 37 % 19) - 9));
  return values;
}

/// first_shift: so that the largest accumulator fits 16 bits; an output step is 2^7 of those.
runtime::Conv2d conv(SlotId in, SlotId out, std::int64_t outputs, std::int64_t inputs, int groups,
                     const Window& window, std::uint8_t first_shift) {
  const std::int64_t weights = outputs * inputs * window.kernel.h * window.kernel.w;
  return {.in = in,
          .out = out,
          .kernel = {.bits = 8,
                     .outputs = outputs,
                     .inputs_per_group = inputs,
                     .groups = groups,
                     .window = window,
                     .weight = ramp<std::int8_t>(weights),
                     .bias = ramp<std::int32_t>(outputs)},
          .rescale = std::vector<runtime::Rescale>(static_cast<std::size_t>(outputs),
                                                   runtime::Rescale{1 << 14, first_shift, 21}),
          .clamp = {},
          .residual = {}};
}

/// Two convolutions, one of them depthwise, a sum, a pool and a classifier of five.
runtime::Plan plan() {
  const SlotId image{0}, wide{1}, depthwise{2}, sum{3}, pooled{4}, logits{5};
  const Padding one{1, 1, 1, 1};
  const Shape inner{1, 8, 5, 5};
  runtime::Plan plan{.image = {1, 3, 9, 9}, .outputs = {logits}, .slots = {}, .steps = {}};
  plan.slots = {{{1, 3, 9, 9}}, {inner}, {inner}, {inner, 8, 3}, {{1, 8, 1, 1}, 8, 3}, {{1, 5, 1, 1}}};
  plan.steps = {runtime::Pixels{image, {1, 1, 1}, {-128, -128, -128}, {0, 0, 0}},
                conv(image, wide, 8, 3, 1, {{3, 3}, {2, 2}, {}, one}, 6),
                conv(wide, depthwise, 8, 1, 8, {{3, 3}, {}, {}, one}, 4),
                runtime::Add{wide, depthwise, sum, 20000, 12000, 15, {}},
                runtime::AvgPool{sum, pooled, {{5, 5}, {}, {}, {}}, {{20972, 0, 19}}, {}},  // by 25
                conv(pooled, logits, 5, 8, 1, {{1, 1}, {}, {}, {}}, 4)};
  return plan;
}

}  // namespace

std::int64_t self_test() {
  const runtime::Plan program = plan();
  std::int64_t mismatches = 0;
  for (const auto& c :
       runtime::compare(program, runtime::available_devices(), runtime::probe_images(program.image, 8, 0)))
    mismatches += c.mismatches;
  return mismatches;
}

}  // namespace zsq::apps
