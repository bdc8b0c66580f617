#pragma once

#include "runtime/file/part_fields.h"

/// What each step consists of; see fields.h.
namespace zsq::runtime {

void fields(auto& v, Like<Pixels> auto& s) {
  v("out", s.out);
  v("multiplier", s.multiplier);
  v("offset", s.offset);
  v("shift", s.shift);
}

void fields(auto& v, Like<Conv2d> auto& s) {
  v("in", s.in);
  v("out", s.out);
  v("kernel", s.kernel);
  v("rescale", s.rescale);
  v("clamp", s.clamp);
  v("residual", s.residual);
}

void fields(auto& v, Like<Add> auto& s) {
  v("a", s.a);
  v("b", s.b);
  v("out", s.out);
  v("a_multiplier", s.a_multiplier);
  v("b_multiplier", s.b_multiplier);
  v("shift", s.shift);
  v("clamp", s.clamp);
}

void fields(auto& v, Like<Mul> auto& s) {
  v("a", s.a);
  v("b", s.b);
  v("out", s.out);
  v("rescale", s.rescale);
  v("clamp", s.clamp);
}

void fields(auto& v, Like<AvgPool> auto& s) {
  v("in", s.in);
  v("out", s.out);
  v("window", s.window);
  v("rescale", s.rescale);
  v("clamp", s.clamp);
}

void fields(auto& v, Like<Upsample> auto& s) {
  v("in", s.in);
  v("out", s.out);
  v("factor", s.factor);
  v("rescale", s.rescale);
  v("clamp", s.clamp);
}

void fields(auto& v, Like<Table> auto& s) {
  v("in", s.in);
  v("out", s.out);
  v("values", s.values);
}

void fields(auto& v, Like<MaxPool> auto& s) {
  v("in", s.in);
  v("out", s.out);
  v("window", s.window);
}

void fields(auto& v, Like<Concat> auto& s) {
  v("in", s.in);
  v("out", s.out);
}

void fields(auto& v, Like<Slice> auto& s) {
  v("in", s.in);
  v("out", s.out);
  v("ranges", s.ranges);
}

void fields(auto& v, Like<Pad> auto& s) {
  v("in", s.in);
  v("out", s.out);
  v("amounts", s.amounts);
  v("value", s.value);
}

void fields(auto& v, Like<ChannelShuffle> auto& s) {
  v("in", s.in);
  v("out", s.out);
  v("groups", s.groups);
}

void fields(auto& v, Like<PixelShuffle> auto& s) {
  v("in", s.in);
  v("out", s.out);
  v("factor", s.factor);
}

void fields(auto& v, Like<PixelUnshuffle> auto& s) {
  v("in", s.in);
  v("out", s.out);
  v("factor", s.factor);
}

void fields(auto& v, Like<UpsampleNearest> auto& s) {
  v("in", s.in);
  v("out", s.out);
  v("factor", s.factor);
}

void fields(auto& v, Like<WideConv2d> auto& s) {
  v("in", s.in);
  v("out", s.out);
  v("kernel", s.kernel);
  v("multiplier", s.multiplier);
  v("shift", s.shift);
}

void fields(auto& v, Like<WideTable> auto& s) {
  v("in", s.in);
  v("out", s.out);
  v("values", s.values);
}

void fields(auto& v, Like<WideAdd> auto& s) {
  v("a", s.a);
  v("b", s.b);
  v("out", s.out);
}

void fields(auto& v, Like<WideAvgPool> auto& s) {
  v("in", s.in);
  v("out", s.out);
  v("window", s.window);
  v("shift", s.shift);
  v("post_shift", s.post_shift);
  v("multiplier", s.multiplier);
}

void fields(auto& v, Like<WideActivation> auto& s) {
  v("in", s.in);
  v("out", s.out);
  v("low", s.low);
  v("high", s.high);
  v("slope_multiplier", s.slope_multiplier);
  v("slope_shift", s.slope_shift);
}

void fields(auto& v, Like<WideUpsample> auto& s) {
  v("in", s.in);
  v("out", s.out);
  v("factor", s.factor);
  v("shift", s.shift);
}

}  // namespace zsq::runtime
