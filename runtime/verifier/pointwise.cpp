#include <array>

#include "graph/shape.h"
#include "runtime/verifier/check_step.h"
#include "runtime/verifier/prove.h"
#include "runtime/verifier/rules.h"

namespace zsq::runtime {

void check_step(const Plan& plan, const Pixels& step) {
  check_output(plan[step.out], plan.image);
  for (const std::size_t count : {step.multiplier.size(), step.offset.size(), step.shift.size()})
    check_count(count, plan.image.c, "pixel factors");
  for (std::size_t c = 0; c < step.shift.size(); ++c) {
    need(step.shift[c] <= 31, "has the pixel shift ", int{step.shift[c]}, ", needs 0 to 31");
    prove_pixel(step.multiplier[c], step.offset[c]);
  }
}

void check_step(const Plan& plan, const Add& step) {
  const Slot &a = plan[step.a], &b = plan[step.b], &out = plan[step.out];
  check_output(out, output_shape(zsq::Add{}, std::array{a.shape, b.shape}));
  check_clamp(step.clamp, out);
  need(step.a_multiplier >= 0 && step.b_multiplier >= 0, "has the multipliers ", step.a_multiplier, " and ",
       step.b_multiplier, ", needs 0 or more");
  need(1 <= step.shift && step.shift <= 30, "has the shift ", int{step.shift}, ", needs 1 to 30");
  prove_rounding(centred_magnitude(a) * step.a_multiplier + centred_magnitude(b) * step.b_multiplier,
                 step.shift);
}

void check_step(const Plan& plan, const Mul& step) {
  const Slot &a = plan[step.a], &b = plan[step.b], &out = plan[step.out];
  check_output(out, output_shape(zsq::Mul{}, std::array{a.shape, b.shape}));
  check_clamp(step.clamp, out);
  check_rescale(step.rescale);
  prove_rescale(centred_magnitude(a) * centred_magnitude(b), step.rescale);
}

void check_step(const Plan& plan, const Table& step) {
  const Slot& out = plan[step.out];
  check_output(out, plan[step.in].shape);
  for (const std::int8_t v : step.values) check_value(v, out.bits, "the table value");
}

void check_step(const Plan& plan, const Widen& step) {
  need(plan[step.in].shape == Shape{1, plan.classes, 1, 1}, "makes ", plan.classes, " logits of ",
       plan[step.in].shape);
}

}  // namespace zsq::runtime
