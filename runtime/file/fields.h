#pragma once

#include <concepts>

#include "runtime/plan_file.h"

/// What each part of a plan file consists of, listed once: the writer and the reader both walk these lists. A
/// visitor `v` is called as v("name", member), and v.choice, v.weights where a member needs more than its
/// type to be written. A field of integers becomes a tensor, everything else JSON.
namespace zsq::runtime {

template <class T, class U>
concept Like = std::same_as<std::remove_const_t<T>, U>;

void fields(auto& v, Like<Shape> auto& s) {  // of one image: its n is 1
  v("c", s.c);
  v("h", s.h);
  v("w", s.w);
}

void fields(auto& v, Like<Size2> auto& s) {
  v("h", s.h);
  v("w", s.w);
}

void fields(auto& v, Like<Padding> auto& s) {
  v("top", s.top);
  v("left", s.left);
  v("bottom", s.bottom);
  v("right", s.right);
}

void fields(auto& v, Like<Window> auto& s) {
  v("kernel", s.kernel);
  v("stride", s.stride);
  v("dilation", s.dilation);
  v("padding", s.padding);
}

void fields(auto& v, Like<Clamp> auto& s) {
  v("low", s.low);
  v("high", s.high);
}

void fields(auto& v, Like<Rescale> auto& s) {
  v("multiplier", s.multiplier);
  v("first_shift", s.first_shift);
  v("second_shift", s.second_shift);
}

void fields(auto& v, Like<Slot> auto& s) {
  v("shape", s.shape);
  v("bits", s.bits);
  v("zero_point", s.zero_point);
}

void fields(auto& v, Like<Kernel> auto& s) {
  v("bits", s.bits);
  v("outputs", s.outputs);
  v("inputs_per_group", s.inputs_per_group);
  v("groups", s.groups);
  v("window", s.window);
  v.weights("weight", s);
  v("bias", s.bias);
}

void fields(auto& v, Like<Residual> auto& s) {
  v("in", s.in);
  v("multiplier", s.multiplier);
  v("shift", s.shift);
}

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

void fields(auto& v, Like<MaxPool> auto& s) {
  v("in", s.in);
  v("out", s.out);
  v("window", s.window);
}

void fields(auto& v, Like<AvgPool> auto& s) {
  v("in", s.in);
  v("out", s.out);
  v("window", s.window);
  v("rescale", s.rescale);
  v("clamp", s.clamp);
}

void fields(auto& v, Like<Table> auto& s) {
  v("in", s.in);
  v("out", s.out);
  v("values", s.values);
}

void fields(auto& v, Like<Concat> auto& s) {
  v("in", s.in);
  v("out", s.out);
}

void fields(auto& v, Like<zsq::Slice::Range> auto& s) {
  v("begin", s.begin);
  v("end", s.end);
  v("step", s.step);
}

void fields(auto& v, Like<zsq::Slice> auto& s) {
  v("c", s.c);
  v("h", s.h);
  v("w", s.w);
}

void fields(auto& v, Like<Slice> auto& s) {
  v("in", s.in);
  v("out", s.out);
  v("ranges", s.ranges);
}

void fields(auto& v, Like<zsq::Pad::Amount> auto& s) {
  v("before", s.before);
  v("after", s.after);
}

void fields(auto& v, Like<zsq::Pad> auto& s) {  // its float value means nothing in a plan
  v("c", s.c);
  v("h", s.h);
  v("w", s.w);
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

void fields(auto& v, Like<Logits> auto& s) {
  v("in", s.in);
  v("kernel", s.kernel);
  v("multiplier", s.multiplier);
  v("shift", s.shift);
}

void fields(auto& v, Like<Widen> auto& s) { v("in", s.in); }

void fields(auto& v, Like<Plan> auto& s) {
  v("image", s.image);
  v("classes", s.classes);
  v("slots", s.slots);
  v("steps", s.steps);
}

void fields(auto& v, Like<TensorInfo> auto& s) {
  v("name", s.name);
  v("scale", s.scale);
}

void fields(auto& v, Like<Preprocessing::Resize> auto& s) {
  v("height", s.height);
  v("width", s.width);
  v("shorter_side", s.shorter_side);
  v.choice("filter", s.filter, {"bilinear", "bilinear_antialiased"});
}

void fields(auto& v, Like<Preprocessing::Crop> auto& s) {
  v("height", s.height);
  v("width", s.width);
  v("row", s.row);
  v("column", s.column);
}

void fields(auto& v, Like<Preprocessing> auto& s) {
  v.choice("channels", s.channels, {"rgb", "bgr"});
  v("mean", s.mean);
  v("deviation", s.deviation);
  v("resize", s.resize);
  v("crop", s.crop);
}

void fields(auto& v, Like<Metadata> auto& s) {  // its recipe is text of its own in the file
  v("network", s.network);
  v("tensors", s.tensors);
  v("steps", s.steps);
  v("logit_scale", s.logit_scale);
  v("preprocessing", s.preprocessing);
  v("labels", s.labels);
}

}  // namespace zsq::runtime
