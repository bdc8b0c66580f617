#include "runtime/verifier/check_step.h"
#include "runtime/verifier/prove.h"
#include "runtime/verifier/rules.h"

namespace zsq::runtime {
namespace {

/// The sum of the weights of bilinear upsampling.
std::int64_t total_weight(Size2 factor) { return std::int64_t{4} * factor.h * factor.w; }

}  // namespace

void check_step(Proof& proof, const Upsample& step) {
  const Slot &in = proof[step.in], &out = proof[step.out];
  check_output(out, upsampled(in.shape, step.factor));
  check_narrow(in);
  check_narrow(out);
  check_clamp(step.clamp, out);
  check_rescale(step.rescale);
  prove_rescale(total_weight(step.factor) * proof.centred_magnitude(step.in), step.rescale);
}

void check_step(Proof& proof, const WideUpsample& step) {
  const Slot &in = proof[step.in], &out = proof[step.out];
  check_output(out, upsampled(in.shape, step.factor));
  check_wide(in);
  check_wide(out);
  check_shift(step.shift);
  const std::int64_t term = prove_rounding(proof.magnitude(step.in), step.shift);
  proof.bound(step.out, total_weight(step.factor) * term);
}

void check_step(Proof& proof, const UpsampleNearest& step) {
  const Slot &in = proof[step.in], &out = proof[step.out];
  check_output(out, upsampled(in.shape, step.factor));
  check_same_meaning(in, out);
  proof.bound(step.out, proof.magnitude(step.in));
}

}  // namespace zsq::runtime
