#include <algorithm>
#include <array>
#include <cstdlib>

#include "graph/shape.h"
#include "runtime/verifier/check_step.h"
#include "runtime/verifier/prove.h"
#include "runtime/verifier/rules.h"

namespace zsq::runtime {

void check_step(Proof& proof, const Pixels& step) {
  check_output(proof[step.out], proof.plan().image);
  check_narrow(proof[step.out]);
  for (const std::size_t count : {step.multiplier.size(), step.offset.size(), step.shift.size()})
    check_count(count, proof.plan().image.c, "pixel factors");
  for (std::size_t c = 0; c < step.shift.size(); ++c) {
    need(step.shift[c] <= 31, "has the pixel shift ", int{step.shift[c]}, ", needs 0 to 31");
    prove_pixel(step.multiplier[c], step.offset[c]);
  }
}

void check_step(Proof& proof, const Add& step) {
  const Slot &a = proof[step.a], &b = proof[step.b], &out = proof[step.out];
  check_output(out, output_shape(zsq::Add{}, std::array{a.shape, b.shape}));
  for (const Slot* slot : {&a, &b, &out}) check_narrow(*slot);
  check_clamp(step.clamp, out);
  need(step.a_multiplier >= 0 && step.b_multiplier >= 0, "has the multipliers ", step.a_multiplier, " and ",
       step.b_multiplier, ", needs 0 or more");
  need(1 <= step.shift && step.shift <= 30, "has the shift ", int{step.shift}, ", needs 1 to 30");
  prove_rounding(proof.centred_magnitude(step.a) * step.a_multiplier +
                     proof.centred_magnitude(step.b) * step.b_multiplier,
                 step.shift);
}

void check_step(Proof& proof, const Mul& step) {
  const Slot &a = proof[step.a], &b = proof[step.b], &out = proof[step.out];
  check_output(out, output_shape(zsq::Mul{}, std::array{a.shape, b.shape}));
  for (const Slot* slot : {&a, &b, &out}) check_narrow(*slot);
  check_clamp(step.clamp, out);
  check_rescale(step.rescale);
  prove_rescale(proof.centred_magnitude(step.a) * proof.centred_magnitude(step.b), step.rescale);
}

void check_step(Proof& proof, const Table& step) {
  const Slot& out = proof[step.out];
  check_output(out, proof[step.in].shape);
  check_narrow(proof[step.in]);
  check_narrow(out);
  for (const std::int8_t v : step.values) check_value(v, out.bits, "the table value");
}

void check_step(Proof& proof, const WideTable& step) {
  check_output(proof[step.out], proof[step.in].shape);
  check_narrow(proof[step.in]);
  check_wide(proof[step.out]);
  std::int64_t largest = 0;
  for (const std::int32_t v : step.values) largest = std::max(largest, std::abs(std::int64_t{v}));
  proof.bound(step.out, largest);
}

void check_step(Proof& proof, const WideAdd& step) {
  const Slot &a = proof[step.a], &b = proof[step.b], &out = proof[step.out];
  check_output(out, output_shape(zsq::Add{}, std::array{a.shape, b.shape}));
  for (const Slot* slot : {&a, &b, &out}) check_wide(*slot);
  proof.bound(step.out, proof.magnitude(step.a) + proof.magnitude(step.b));
}

void check_step(Proof& proof, const WideActivation& step) {
  check_output(proof[step.out], proof[step.in].shape);
  check_wide(proof[step.in]);
  check_wide(proof[step.out]);
  need(step.low <= step.high, "clamps to [", step.low, ", ", step.high, "]");
  check_shift(step.slope_shift);
  const std::int64_t above = proof.magnitude(step.in);
  const std::int64_t below =
      prove_rounding(above, step.slope_shift) * std::abs(std::int64_t{step.slope_multiplier});
  prove_fits(below, "a value below zero");
  const std::int64_t largest = std::max(above, below), low = step.low, high = step.high;
  proof.bound(step.out,
              std::max(std::abs(std::clamp(-largest, low, high)), std::abs(std::clamp(largest, low, high))));
}

}  // namespace zsq::runtime
