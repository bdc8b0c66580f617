#include "runtime/verifier/rules.h"

#include <algorithm>

#include "graph/limits.h"

namespace zsq::runtime {
namespace {

bool all_between(int least, std::initializer_list<int> values) {
  return std::ranges::all_of(values, [&](int v) { return least <= v && v <= kMaxSide; });
}

}  // namespace

void check_count(std::size_t count, std::int64_t wanted, const char* what) {
  need(static_cast<std::int64_t>(count) == wanted, "has ", count, ' ', what, ", needs ", wanted);
}

void check_output(const Slot& out, const Shape& made) {
  need(out.shape == made, "makes ", made, " for a slot of ", out.shape);
}

void check_narrow(const Slot& slot) { need(!is_wide(slot), "computes in 8 bits with a slot of ", slot.bits); }

void check_wide(const Slot& slot) {
  need(is_wide(slot), "computes in ", kWideBits, " bits with a slot of ", slot.bits);
}

void check_clamp(Clamp clamp, const Slot& out) {
  const Clamp range = range_of(out.bits);
  need(range.low <= clamp.low && clamp.low <= clamp.high && clamp.high <= range.high, "clamps to [",
       clamp.low, ", ", clamp.high, "] in a slot of ", out.bits, " bits");
}

void check_value(std::int32_t v, int bits, const char* what) {
  if (bits == kWideBits) return;
  const Clamp range = range_of(bits);
  need(range.low <= v && v <= range.high, "has ", what, ' ', v, ", which ", bits, " bits do not hold");
}

void check_same_meaning(const Slot& in, const Slot& out) {
  need(in.bits == out.bits && in.zero_point == out.zero_point,
       "moves values between slots of different bits or zero points");
}

void check_rescale(Rescale r, int least_multiplier) {
  need(r.multiplier >= least_multiplier, "has the multiplier ", r.multiplier, ", needs at least ",
       least_multiplier);
  need(r.first_shift <= 31, "has the first shift ", int{r.first_shift}, ", needs 0 to 31");
  need(1 <= r.second_shift && r.second_shift <= 21, "has the second shift ", int{r.second_shift},
       ", needs 1 to 21");
}

void check_shift(int shift) { need(0 <= shift && shift <= 31, "has the shift ", shift, ", needs 0 to 31"); }

void check_window(const Window& w) {
  need(all_between(1, {w.kernel.h, w.kernel.w, w.stride.h, w.stride.w, w.dilation.h, w.dilation.w}),
       "has a kernel, stride or dilation outside 1 to ", kMaxSide);
  const Padding& p = w.padding;
  need(all_between(0, {p.top, p.left, p.bottom, p.right}), "has padding outside 0 to ", kMaxSide);
}

void check_factor(Size2 factor) {
  need(all_between(1, {factor.h, factor.w}), "has a factor outside 1 to ", kMaxSide);
}

Shape upsampled(const Shape& in, Size2 factor) {
  check_factor(factor);
  return {1, in.c, in.h * factor.h, in.w * factor.w};
}

}  // namespace zsq::runtime
