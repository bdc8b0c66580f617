#pragma once

#include <concepts>

#include "runtime/plan.h"

/// What the parts of steps consist of; see fields.h.
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

void fields(auto& v, Like<zsq::Pad::Amount> auto& s) {
  v("before", s.before);
  v("after", s.after);
}

void fields(auto& v, Like<zsq::Pad> auto& s) {  // its float value means nothing in a plan
  v("c", s.c);
  v("h", s.h);
  v("w", s.w);
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

}  // namespace zsq::runtime
