#include <algorithm>
#include <array>
#include <cstdlib>

#include "graph/shape.h"
#include "runtime/verifier/check_step.h"
#include "runtime/verifier/rules.h"

namespace zsq::runtime {

void check_step(Proof& proof, const Concat& step) {
  std::vector<Shape> shapes;
  std::int64_t largest = 0;
  for (const SlotId in : step.in) {
    shapes.push_back(proof[in].shape);
    check_same_meaning(proof[in], proof[step.out]);
    largest = std::max(largest, proof.magnitude(in));
  }
  check_output(proof[step.out], output_shape(zsq::Concat{}, shapes));
  proof.bound(step.out, largest);
}

void check_step(Proof& proof, const Slice& step) {
  const Slot &in = proof[step.in], &out = proof[step.out];
  check_output(out, output_shape(step.ranges, std::array{in.shape}));
  check_same_meaning(in, out);
  proof.bound(step.out, proof.magnitude(step.in));
}

void check_step(Proof& proof, const Pad& step) {
  const Slot &in = proof[step.in], &out = proof[step.out];
  check_output(out, output_shape(step.amounts, std::array{in.shape}));
  check_same_meaning(in, out);
  check_value(step.value, out.bits, "the padding value");
  proof.bound(step.out, std::max(proof.magnitude(step.in), std::abs(std::int64_t{step.value})));
}

void check_step(Proof& proof, const ChannelShuffle& step) {
  const Slot &in = proof[step.in], &out = proof[step.out];
  check_output(out, output_shape(zsq::ChannelShuffle{step.groups}, std::array{in.shape}));
  check_same_meaning(in, out);
  proof.bound(step.out, proof.magnitude(step.in));
}

void check_step(Proof& proof, const PixelShuffle& step) {
  const Slot &in = proof[step.in], &out = proof[step.out];
  check_factor(step.factor);
  const std::int64_t area = std::int64_t{step.factor.h} * step.factor.w;
  need(in.shape.c % area == 0, "makes places of ", step.factor.h, 'x', step.factor.w, " out of ", in.shape.c,
       " channels");
  check_output(out, {1, in.shape.c / area, in.shape.h * step.factor.h, in.shape.w * step.factor.w});
  check_same_meaning(in, out);
  proof.bound(step.out, proof.magnitude(step.in));
}

void check_step(Proof& proof, const PixelUnshuffle& step) {
  const Slot &in = proof[step.in], &out = proof[step.out];
  check_factor(step.factor);
  need(in.shape.h % step.factor.h == 0 && in.shape.w % step.factor.w == 0, "makes channels of ",
       step.factor.h, 'x', step.factor.w, " places of an image of ", in.shape.h, 'x', in.shape.w);
  const std::int64_t area = std::int64_t{step.factor.h} * step.factor.w;
  check_output(out, {1, in.shape.c * area, in.shape.h / step.factor.h, in.shape.w / step.factor.w});
  check_same_meaning(in, out);
  proof.bound(step.out, proof.magnitude(step.in));
}

}  // namespace zsq::runtime
