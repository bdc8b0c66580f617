#include "graph/shape.h"
#include "runtime/verifier/check_step.h"
#include "runtime/verifier/prove.h"
#include "runtime/verifier/rules.h"

namespace zsq::runtime {
namespace {

void check_kernel(const Kernel& kernel, const Slot& in) {
  check_window(kernel.window);
  need(2 <= kernel.bits && kernel.bits <= 8, "has weights of ", kernel.bits, " bits, needs 2 to 8");
  need(kernel.groups > 0 && kernel.outputs > 0 && kernel.outputs % kernel.groups == 0, "has ", kernel.outputs,
       " outputs in ", kernel.groups, " groups");
  // Divided, not multiplied: untrusted numbers could overflow a product.
  need(in.shape.c % kernel.groups == 0 && in.shape.c / kernel.groups == kernel.inputs_per_group, "takes ",
       kernel.inputs_per_group, " inputs in each of ", kernel.groups, " groups from ", in.shape);
  check_count(kernel.bias.size(), kernel.outputs, "biases");
  const std::int64_t taps =
      kernel.inputs_per_group * kernel.window.kernel.h * kernel.window.kernel.w;  // <= 2^(24 + 14 + 14)
  const auto weights = static_cast<std::int64_t>(kernel.weight.size());
  need(weights % taps == 0 && weights / taps == kernel.outputs, "has ", weights, " weights, needs ", taps,
       " for each of ", kernel.outputs, " outputs");
  const int most = range_of(kernel.bits).high;
  for (const std::int8_t w : kernel.weight)
    need(-most <= w && w <= most, "has the weight ", int{w}, ", which ", kernel.bits,
         " symmetric bits do not hold");
}

/// For each output channel, the bound of what the residual adds.
std::vector<std::int64_t> residual_bounds(const Plan& plan, const Residual& residual, const Shape& out) {
  const Slot& in = plan[residual.in];
  need(in.shape == out, "adds a residual of ", in.shape, " to ", out);
  check_count(residual.multiplier.size(), out.c, "residual multipliers");
  check_count(residual.shift.size(), out.c, "residual shifts");
  std::vector<std::int64_t> bounds;
  for (std::size_t o = 0; o < residual.shift.size(); ++o) {
    need(residual.multiplier[o] >= 0, "has the residual multiplier ", residual.multiplier[o],
         ", needs 0 or more");
    need(residual.shift[o] <= 21, "has the residual shift ", int{residual.shift[o]}, ", needs 0 to 21");
    bounds.push_back((centred_magnitude(in) * residual.multiplier[o]) << residual.shift[o]);
    prove_fits(bounds.back(), "a residual");
  }
  return bounds;
}

}  // namespace

void check_step(const Plan& plan, const Conv2d& step) {
  const Slot &in = plan[step.in], &out = plan[step.out];
  check_kernel(step.kernel, in);
  const Size2 places = window_output(step.kernel.window, in.shape.h, in.shape.w);
  check_output(out, {1, step.kernel.outputs, places.h, places.w});
  check_clamp(step.clamp, out);
  check_count(step.rescale.size(), step.kernel.outputs, "rescales");
  const auto bounds = accumulator_bounds(step.kernel, in);
  std::vector<std::int64_t> beside(bounds.size(), 0);
  if (step.residual) beside = residual_bounds(plan, *step.residual, out.shape);
  for (std::size_t o = 0; o < bounds.size(); ++o) {
    // Beside a residual the multiplier may have been lowered to make room for the sum.
    check_rescale(step.rescale[o], step.residual ? 1 : 1 << 14);
    prove_rescale(bounds[o], step.rescale[o], beside[o]);
  }
}

void check_step(const Plan& plan, const Logits& step) {
  const Slot& in = plan[step.in];
  const Kernel& kernel = step.kernel;
  check_kernel(kernel, in);
  const Window& window = kernel.window;
  need(window.kernel.h == in.shape.h && window.kernel.w == in.shape.w && window.dilation == Size2{} &&
           window.padding == Padding{},
       "has a kernel that does not cover exactly its input of ", in.shape);
  need(kernel.outputs == plan.classes, "has ", kernel.outputs, " outputs for ", plan.classes, " classes");
  check_count(step.multiplier.size(), kernel.outputs, "multipliers");
  check_count(step.shift.size(), kernel.outputs, "shifts");
  const auto bounds = accumulator_bounds(kernel, in);
  for (std::size_t o = 0; o < bounds.size(); ++o) {
    need(step.multiplier[o] >= 0, "has the multiplier ", step.multiplier[o], ", needs 0 or more");
    need(step.shift[o] <= 31, "has the shift ", int{step.shift[o]}, ", needs 0 to 31");
    prove_logit(bounds[o], step.shift[o], step.multiplier[o]);
  }
}

}  // namespace zsq::runtime
