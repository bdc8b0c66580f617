#include <array>

#include "graph/shape.h"
#include "runtime/verifier/check_step.h"
#include "runtime/verifier/rules.h"

namespace zsq::runtime {

void check_step(const Plan& plan, const Concat& step) {
  std::vector<Shape> shapes;
  for (const SlotId in : step.in) {
    shapes.push_back(plan[in].shape);
    check_same_meaning(plan[in], plan[step.out]);
  }
  check_output(plan[step.out], output_shape(zsq::Concat{}, shapes));
}

void check_step(const Plan& plan, const Slice& step) {
  const Slot &in = plan[step.in], &out = plan[step.out];
  check_output(out, output_shape(step.ranges, std::array{in.shape}));
  check_same_meaning(in, out);
}

void check_step(const Plan& plan, const Pad& step) {
  const Slot &in = plan[step.in], &out = plan[step.out];
  check_output(out, output_shape(step.amounts, std::array{in.shape}));
  check_same_meaning(in, out);
  check_value(step.value, out.bits, "the padding value");
}

void check_step(const Plan& plan, const ChannelShuffle& step) {
  const Slot &in = plan[step.in], &out = plan[step.out];
  check_output(out, output_shape(zsq::ChannelShuffle{step.groups}, std::array{in.shape}));
  check_same_meaning(in, out);
}

}  // namespace zsq::runtime
