#include "graph/torch/operators.h"

/// What makes images larger, and what takes that back.
namespace zsq::torchscript {
namespace {

/// The factor between input and output, which must be whole. A scale may be given beside the size, and
/// LibTorch interpolates by it: it must be the same. scales: numbers, or one list of them.
Size2 factor_of(const Call& call, const Shape& in, std::initializer_list<std::size_t> scales) {
  const torch::Tensor& out = call.results[0];
  if (out.size(2) % in.h != 0 || out.size(3) % in.w != 0)
    refuse(call, "enlarges ", in.h, 'x', in.w, " to ", out.size(2), 'x', out.size(3),
           ", which is not by whole factors; give another --input size");
  const Size2 factor{narrow(call, out.size(2) / in.h), narrow(call, out.size(3) / in.w)};
  std::vector<double> given;
  for (const std::size_t argument : scales) {
    const c10::IValue& value = call[argument];
    if (value.isDouble()) given.push_back(value.toDouble());
    if (value.isDoubleList()) given = value.toDoubleVector();
  }
  if (given.size() == 2 && (given[0] != factor.h || given[1] != factor.w))
    refuse(call, "enlarges by ", given[0], " and ", given[1],
           ", which are not whole factors; use whole ones, or give the size alone");
  return factor;
}

NodeId add_upsample(Recorder& r, const Call& call, Upsample::Mode mode,
                    std::initializer_list<std::size_t> scales) {
  const NodeId x = r.input(call, 0);
  const Size2 factor = factor_of(call, r.shape(x), scales);
  return factor == Size2{} ? x : r.add(call, Upsample{factor, mode}, {x});
}

/// upsample_nearest2d(x, size, scale_h, scale_w), or (x, size, scales). _upsample_nearest_exact2d is the same
/// where factors are whole.
NodeId upsample_nearest(Recorder& r, const Call& call) {
  if (call.count() > 3) return add_upsample(r, call, Upsample::Mode::nearest, {2, 3});
  return add_upsample(r, call, Upsample::Mode::nearest, {2});
}

/// upsample_bilinear2d(x, size, align_corners, scale_h, scale_w), or (x, size, align_corners, scales)
NodeId upsample_bilinear(Recorder& r, const Call& call) {
  if (call[2].toBool())
    refuse(call, "aligns corners, so that each place is weighted differently; use align_corners=False");
  if (call.count() > 4) return add_upsample(r, call, Upsample::Mode::bilinear, {3, 4});
  return add_upsample(r, call, Upsample::Mode::bilinear, {3});
}

/// pixel_shuffle(x, factor)
NodeId pixel_shuffle(Recorder& r, const Call& call) {
  const int factor = narrow(call, call[1].toInt());
  return r.add(call, PixelShuffle{{factor, factor}}, {r.input(call, 0)});
}

/// pixel_unshuffle(x, factor)
NodeId pixel_unshuffle(Recorder& r, const Call& call) {
  const int factor = narrow(call, call[1].toInt());
  return r.add(call, PixelUnshuffle{{factor, factor}}, {r.input(call, 0)});
}

}  // namespace

const Handlers& upsampling_operators() {
  static const Handlers table{{"upsample_nearest2d", upsample_nearest},
                              {"_upsample_nearest_exact2d", upsample_nearest},
                              {"upsample_bilinear2d", upsample_bilinear},
                              {"pixel_shuffle", pixel_shuffle},
                              {"pixel_unshuffle", pixel_unshuffle}};
  return table;
}

}  // namespace zsq::torchscript
