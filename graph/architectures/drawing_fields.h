#pragma once

#include <array>
#include <concepts>
#include <string_view>
#include <utility>

#include "graph/op.h"

/// What a drawing says of each op, parameters aside: one list that is both written and read. v(key, value) is
/// called for each field; what has its default need not be written.
namespace zsq::drawing {

template <class T, class U>
concept Like = std::same_as<std::remove_cv_t<T>, U>;

void fields(auto& v, Like<Window> auto& w) {
  v("kernel", w.kernel);
  v("stride", w.stride);
  v("dilation", w.dilation);
  v("padding", w.padding);
}

void fields(auto& v, Like<Input> auto& op) { v("shape", op.shape); }
void fields(auto& v, Like<Conv2d> auto& op) {
  fields(v, op.window);
  v("groups", op.groups);
}
void fields(auto& v, Like<ConvTranspose2d> auto& op) {
  v("stride", op.stride);
  v("dilation", op.dilation);
  v("crop", op.crop);
  v("output_padding", op.output_padding);
  v("groups", op.groups);
}
void fields(auto&, Like<Linear> auto&) {}
void fields(auto& v, Like<BatchNorm2d> auto& op) { v("epsilon", op.epsilon); }
void fields(auto& v, Like<Clamp> auto& op) {
  v("low", op.low);
  v("high", op.high);
}
void fields(auto& v, Like<Pointwise> auto& op) {
  v("function", op.function);
  v("slope", op.slope);
}
void fields(auto&, Like<Add> auto&) {}
void fields(auto&, Like<Mul> auto&) {}
void fields(auto&, Like<Concat> auto&) {}
void fields(auto& v, Like<MaxPool2d> auto& op) { fields(v, op.window); }
void fields(auto& v, Like<AvgPool2d> auto& op) {
  fields(v, op.window);
  v("padded", op.padded);
}
void fields(auto&, Like<GlobalAvgPool> auto&) {}
void fields(auto&, Like<Flatten> auto&) {}
void fields(auto& v, Like<Pad> auto& op) {
  v("c", op.c);
  v("h", op.h);
  v("w", op.w);
  v("value", op.value);
}
void fields(auto& v, Like<Slice> auto& op) {
  v("c", op.c);
  v("h", op.h);
  v("w", op.w);
}
void fields(auto& v, Like<ChannelShuffle> auto& op) { v("groups", op.groups); }
void fields(auto& v, Like<PixelShuffle> auto& op) { v("factor", op.factor); }
void fields(auto& v, Like<PixelUnshuffle> auto& op) { v("factor", op.factor); }
void fields(auto& v, Like<Upsample> auto& op) {
  v("factor", op.factor);
  v("mode", op.mode);
}
void fields(auto& v, Like<Softmax> auto& op) { v("of", op.of); }

/// Of each op, in the variant's order.
inline constexpr std::array<std::string_view, std::variant_size_v<Op>> kOps{
    "input", "conv2d", "conv_transpose2d", "linear",        "batch_norm",      "clamp",           "pointwise",
    "add",   "mul",    "concat",           "max_pool",      "avg_pool",        "global_avg_pool", "flatten",
    "pad",   "slice",  "channel_shuffle",  "pixel_shuffle", "pixel_unshuffle", "upsample",        "softmax"};

// Names of the values of enums, in their order.
constexpr std::array<std::string_view, 5> names(Function) {
  return {"sigmoid", "hardsigmoid", "silu", "hardswish", "leaky_relu"};
}
constexpr std::array<std::string_view, 2> names(Padded) { return {"excluded", "included"}; }
constexpr std::array<std::string_view, 2> names(Upsample::Mode) { return {"nearest", "bilinear"}; }
constexpr std::array<std::string_view, 2> names(Softmax::Of) { return {"probabilities", "logarithms"}; }

inline constexpr std::string_view kFormat = "zsq-graph";
inline constexpr int kVersion = 1;

}  // namespace zsq::drawing
