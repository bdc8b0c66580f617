#include "runtime/timing.h"

#include <algorithm>
#include <chrono>
#include <limits>

#include "runtime/compare.h"
#include "runtime/step.h"

namespace zsq::runtime {
namespace {

using Clock = std::chrono::steady_clock;

double seconds(Clock::time_point from, Clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

/// By slot, the step that writes it.
std::vector<std::size_t> writers(const Plan& plan) {
  std::vector<std::size_t> step(plan.slots.size(), 0);
  for (std::size_t i = 0; i < plan.steps.size(); ++i) step[index(output(plan.steps[i]))] = i;
  return step;
}

}  // namespace

Timing time_plan(const Plan& plan, Session& session, std::int64_t images, int rounds,
                 const std::function<void(int)>& keep_going) {
  const auto pixels = probe_images(plan.image, images, 0);
  std::vector<std::vector<std::int32_t>> outputs;
  for (const SlotId id : plan.outputs)
    outputs.emplace_back(static_cast<std::size_t>(images * plan[id].shape.size()));
  const std::vector<std::span<std::int32_t>> spans(outputs.begin(), outputs.end());
  const auto step_of = writers(plan);
  Timing timing{{}, std::vector<double>(plan.steps.size(), std::numeric_limits<double>::infinity())};
  session.run(pixels, spans);
  for (int round = 0; round < rounds; ++round) {
    if (keep_going) keep_going(round);
    const auto begin = Clock::now();
    session.run(pixels, spans);
    timing.batches.push_back(seconds(begin, Clock::now()));
    auto last = Clock::now();
    session.run(pixels, spans, [&](SlotId slot, const TensorView&) {
      const auto now = Clock::now();
      double& least = timing.steps[step_of[index(slot)]];
      least = std::min(least, seconds(last, now));
      last = now;
    });
  }
  return timing;
}

std::int64_t multiplications(const Plan& plan, const Step& step) {
  const Kernel* kernel = kernel_of(step);
  const Shape& out = plan[output(step)].shape;
  return kernel == nullptr ? 0 : std::ssize(kernel->weight) * out.h * out.w;
}

}  // namespace zsq::runtime
