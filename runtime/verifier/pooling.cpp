#include <algorithm>
#include <array>

#include "graph/shape.h"
#include "runtime/verifier/check_step.h"
#include "runtime/verifier/prove.h"
#include "runtime/verifier/rules.h"

namespace zsq::runtime {
namespace {

/// Calls check(i, places) for each of an average's parameters with the number of places whose average it
/// makes: one for each number inside the image, or one for all.
void for_each_divisor(std::size_t parameters, const Window& window, const char* what, const auto& check) {
  const std::int64_t area = std::int64_t{window.kernel.h} * window.kernel.w;
  const bool constant = parameters == 1;
  if (!constant) check_count(parameters, area, what);
  for (std::size_t i = 0; i < parameters; ++i) check(i, constant ? area : static_cast<std::int64_t>(i) + 1);
}

void check_average(const Window& window, const Slot& in, const Slot& out) {
  check_window(window);
  check_output(out, output_shape(zsq::AvgPool2d{window}, std::array{in.shape}));
}

}  // namespace

void check_step(Proof& proof, const MaxPool& step) {
  const Slot &in = proof[step.in], &out = proof[step.out];
  check_window(step.window);
  check_output(out, output_shape(zsq::MaxPool2d{step.window}, std::array{in.shape}));
  check_same_meaning(in, out);
  proof.bound(step.out, proof.magnitude(step.in));
}

void check_step(Proof& proof, const AvgPool& step) {
  const Slot &in = proof[step.in], &out = proof[step.out];
  check_average(step.window, in, out);
  check_narrow(in);
  check_narrow(out);
  check_clamp(step.clamp, out);
  for_each_divisor(step.rescale.size(), step.window, "rescales", [&](std::size_t i, std::int64_t places) {
    check_rescale(step.rescale[i]);
    prove_rescale(places * proof.centred_magnitude(step.in), step.rescale[i]);
  });
}

void check_step(Proof& proof, const WideAvgPool& step) {
  const Slot &in = proof[step.in], &out = proof[step.out];
  check_average(step.window, in, out);
  check_wide(out);
  check_shift(step.shift);
  check_shift(step.post_shift);
  const std::int64_t term = prove_rounding(proof.centred_magnitude(step.in), step.shift);
  std::int64_t largest = 0;
  for_each_divisor(
      step.multiplier.size(), step.window, "multipliers", [&](std::size_t i, std::int64_t places) {
        need(step.multiplier[i] >= 0, "has the multiplier ", step.multiplier[i], ", needs 0 or more");
        largest = std::max(largest, prove_rounding(places * term, step.post_shift) * step.multiplier[i]);
      });
  proof.bound(step.out, largest);
}

}  // namespace zsq::runtime
