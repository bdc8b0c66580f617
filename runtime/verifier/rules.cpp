#include "runtime/verifier/rules.h"

#include "graph/limits.h"

namespace zsq::runtime {

void check_count(std::size_t count, std::int64_t wanted, const char* what) {
  need(static_cast<std::int64_t>(count) == wanted, "has ", count, ' ', what, ", needs ", wanted);
}

void check_output(const Slot& out, const Shape& made) {
  need(out.shape == made, "makes ", made, " for a slot of ", out.shape);
}

void check_clamp(Clamp clamp, const Slot& out) {
  const Clamp range = range_of(out.bits);
  need(range.low <= clamp.low && clamp.low <= clamp.high && clamp.high <= range.high, "clamps to [",
       clamp.low, ", ", clamp.high, "] in a slot of ", out.bits, " bits");
}

void check_value(std::int32_t v, int bits, const char* what) {
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

void check_window(const Window& window) {
  const auto between = [](int least, auto... values) {
    return ((least <= values && values <= kMaxSide) && ...);
  };
  need(between(1, window.kernel.h, window.kernel.w, window.stride.h, window.stride.w, window.dilation.h,
               window.dilation.w),
       "has a kernel, stride or dilation outside 1 to ", kMaxSide);
  const Padding& p = window.padding;
  need(between(0, p.top, p.left, p.bottom, p.right), "has padding outside 0 to ", kMaxSide);
}

}  // namespace zsq::runtime
