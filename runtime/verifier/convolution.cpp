#include <algorithm>

#include "graph/shape.h"
#include "runtime/verifier/check_step.h"
#include "runtime/verifier/prove.h"
#include "runtime/verifier/rules.h"

namespace zsq::runtime {
namespace {

/// Returns the extents that the kernel makes of the slot's.
Shape check_kernel(const Kernel& kernel, const Slot& in) {
  check_narrow(in);
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
  const Size2 places = window_output(kernel.window, in.shape.h, in.shape.w);
  return {1, kernel.outputs, places.h, places.w};
}

/// For each output channel, what the residual adds.
std::vector<Beside> what_is_added(const Proof& proof, const Residual& residual, const Shape& out) {
  const Slot& in = proof[residual.in];
  check_narrow(in);
  need(in.shape == out, "adds a residual of ", in.shape, " to ", out);
  check_count(residual.multiplier.size(), out.c, "residual multipliers");
  check_count(residual.shift.size(), out.c, "residual shifts");
  std::vector<Beside> added;
  for (std::size_t o = 0; o < residual.shift.size(); ++o) {
    need(residual.multiplier[o] >= 0, "has the residual multiplier ", residual.multiplier[o],
         ", needs 0 or more");
    need(residual.shift[o] <= 21, "has the residual shift ", int{residual.shift[o]}, ", needs 0 to 21");
    added.push_back(residual_reach(in, residual.multiplier[o], residual.shift[o]));
    prove_fits(std::max(-added.back().low, added.back().high), "a residual");
  }
  return added;
}

}  // namespace

void check_step(Proof& proof, const Conv2d& step) {
  const Slot &in = proof[step.in], &out = proof[step.out];
  check_output(out, check_kernel(step.kernel, in));
  check_narrow(out);
  check_clamp(step.clamp, out);
  check_count(step.rescale.size(), step.kernel.outputs, "rescales");
  const auto bounds = accumulator_bounds(step.kernel, in);
  std::vector<Beside> beside(bounds.size());
  if (step.residual) beside = what_is_added(proof, *step.residual, out.shape);
  const Clamp kept{step.clamp.low - out.zero_point, step.clamp.high - out.zero_point};
  for (std::size_t o = 0; o < bounds.size(); ++o) {
    // Beside a residual the multiplier may have been lowered to make room for the sum.
    check_rescale(step.rescale[o], step.residual ? 1 : 1 << 14);
    prove_rescale(bounds[o], step.rescale[o], beside[o]);
    prove_middle(bounds[o], step.rescale[o], beside[o], kept);
  }
}

void check_step(Proof& proof, const WideConv2d& step) {
  const Slot &in = proof[step.in], &out = proof[step.out];
  check_output(out, check_kernel(step.kernel, in));
  check_wide(out);
  check_count(step.multiplier.size(), step.kernel.outputs, "multipliers");
  check_count(step.shift.size(), step.kernel.outputs, "shifts");
  const auto bounds = accumulator_bounds(step.kernel, in);
  std::int64_t largest = 0;
  for (std::size_t o = 0; o < bounds.size(); ++o) {
    need(step.multiplier[o] >= 0, "has the multiplier ", step.multiplier[o], ", needs 0 or more");
    check_shift(step.shift[o]);
    largest = std::max(largest, prove_to_wide(bounds[o], step.shift[o], step.multiplier[o]));
  }
  proof.bound(step.out, largest);
}

}  // namespace zsq::runtime
