#pragma once

#include "runtime/file/step_fields.h"
#include "runtime/plan_file.h"

/// What each part of a plan file consists of, listed once: the writer and the reader both walk these lists. A
/// visitor `v` is called as v("name", member), and v.choice, v.weights where a member needs more than its
/// type to be written. A field of integers becomes a tensor, everything else JSON.
namespace zsq::runtime {

void fields(auto& v, Like<Plan> auto& s) {
  v("image", s.image);
  v("outputs", s.outputs);
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
  v("preprocessing", s.preprocessing);
  v("labels", s.labels);
}

}  // namespace zsq::runtime
