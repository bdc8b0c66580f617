#pragma once

#include <concepts>
#include <limits>
#include <variant>
#include <vector>

#include "graph/array.h"

/// What a node of a float network may do: a closed set. A pass over it is one std::visit without a default,
/// so an op that a pass forgets does not compile.
namespace zsq {

struct Size2 {
  int h = 1, w = 1;
  bool operator==(const Size2&) const = default;
};

/// Rows and columns added around an image.
struct Padding {
  int top = 0, left = 0, bottom = 0, right = 0;
  bool operator==(const Padding&) const = default;
};

/// How a sliding window walks an image.
struct Window {
  Size2 kernel, stride, dilation;
  Padding padding;
  bool operator==(const Window&) const = default;
};

struct Input {
  Shape shape;  // of one image: n == 1
  bool operator==(const Input&) const = default;
};

/// Cross-correlation; padding is zeros. Depthwise when groups == in channels.
struct Conv2d {
  Array weight;             // [out, in / groups, kernel.h, kernel.w]
  std::vector<float> bias;  // empty, or one per output channel
  Window window;
  int groups = 1;
  bool operator==(const Conv2d&) const = default;
};

/// What a convolution's gradient computes: input value (i, y, x) adds weight[i] to the window of output rows
/// y * stride - crop.top + k * dilation, and so for columns. Of each side of the result crop rows or columns
/// are cut off (what PyTorch calls padding); output_padding rows and columns are added below and at the
/// right.
struct ConvTranspose2d {
  Array weight;             // [in, out / groups, kernel.h, kernel.w]
  std::vector<float> bias;  // empty, or one per output channel
  Size2 stride, dilation;
  Padding crop;
  Size2 output_padding = {0, 0};  // less than stride or dilation
  int groups = 1;
  std::int64_t outputs() const { return weight.shape.c * groups; }
  bool operator==(const ConvTranspose2d&) const = default;
};

/// Takes {n, in, 1, 1}.
struct Linear {
  Array weight;             // [out, in, 1, 1]
  std::vector<float> bias;  // empty, or one per output
  bool operator==(const Linear&) const = default;
};

/// Inference form: gamma * (x - mean) / sqrt(variance + epsilon) + beta.
struct BatchNorm2d {
  std::vector<float> gamma, beta, mean, variance;  // one per channel each
  float epsilon = 1e-5F;
  bool operator==(const BatchNorm2d&) const = default;
};

/// min(max(x, low), high): relu is {0, inf}, relu6 is {0, 6}, hardtanh is {-1, 1}.
struct Clamp {
  float low = 0;
  float high = std::numeric_limits<float>::infinity();
  bool operator==(const Clamp&) const = default;
};

enum class Function { sigmoid, hardsigmoid, silu, hardswish, leaky_relu };

/// A function of one value that is not a clamp.
struct Pointwise {
  Function function = Function::sigmoid;
  float slope = 0;  // of leaky_relu below zero; 0 for the others
  bool operator==(const Pointwise&) const = default;
};

/// Both inputs have the same shape.
struct Add {
  bool operator==(const Add&) const = default;
};

/// The second input may be {n, c, 1, 1}: it is then a factor per channel (squeeze-and-excitation).
struct Mul {
  bool operator==(const Mul&) const = default;
};

/// Along the channels; two or more inputs.
struct Concat {
  bool operator==(const Concat&) const = default;
};

/// Padding never wins. PyTorch's ceil_mode is expressed as more padding at the bottom and right.
struct MaxPool2d {
  Window window;
  bool operator==(const MaxPool2d&) const = default;
};

/// Whether padded places count in the divisor of an average.
enum class Padded { excluded, included };

struct AvgPool2d {
  Window window;  // dilation is 1
  Padded padded = Padded::excluded;
  bool operator==(const AvgPool2d&) const = default;
};

struct GlobalAvgPool {
  bool operator==(const GlobalAvgPool&) const = default;
};

/// {n, c, h, w} to {n, c * h * w, 1, 1}, in NCHW order.
struct Flatten {
  bool operator==(const Flatten&) const = default;
};

/// Constant padding of channels, rows and columns.
struct Pad {
  struct Amount {
    int before = 0, after = 0;  // >= 0
    bool operator==(const Amount&) const = default;
  };
  Amount c, h, w;
  float value = 0;
  bool operator==(const Pad&) const = default;
};

/// x[:, c, h, w] with Python's half-open ranges, already resolved: 0 <= begin < end <= extent, step >= 1.
struct Slice {
  struct Range {
    std::int64_t begin = 0, end = 0, step = 1;
    constexpr std::int64_t count() const { return (end - begin - 1) / step + 1; }
    bool operator==(const Range&) const = default;
  };
  Range c, h, w;
  bool operator==(const Slice&) const = default;
};

/// Output channel i * groups + g is input channel g * (c / groups) + i (ShuffleNet).
struct ChannelShuffle {
  int groups = 1;  // divides c
  bool operator==(const ChannelShuffle&) const = default;
};

/// Over the channels of {n, c, 1, 1}.
struct Softmax {
  enum class Of { probabilities, logarithms };
  Of of = Of::probabilities;  // logarithms: log_softmax
  bool operator==(const Softmax&) const = default;
};

/// Channels become places: input channel (c * factor.h + a) * factor.w + b at (y, x) is output channel c at
/// (y * factor.h + a, x * factor.w + b).
struct PixelShuffle {
  Size2 factor;  // >= 1; their product divides the channels
  bool operator==(const PixelShuffle&) const = default;
};

/// Places become channels, PixelShuffle backwards: input channel c at (y * factor.h + a, x * factor.w + b) is
/// output channel (c * factor.h + a) * factor.w + b at (y, x).
struct PixelUnshuffle {
  Size2 factor;  // >= 1; they divide the height and the width
  bool operator==(const PixelUnshuffle&) const = default;
};

/// Rows and columns repeated or interpolated.
struct Upsample {
  enum class Mode {
    nearest,
    bilinear,  // half-pixel centres (align_corners=false), edges clamped
  };
  Size2 factor;  // >= 1
  Mode mode = Mode::nearest;
  bool operator==(const Upsample&) const = default;
};

using Op = std::variant<Input, Conv2d, ConvTranspose2d, Linear, BatchNorm2d, Clamp, Pointwise, Add, Mul,
                        Concat, MaxPool2d, AvgPool2d, GlobalAvgPool, Flatten, Pad, Slice, ChannelShuffle,
                        PixelShuffle, PixelUnshuffle, Upsample, Softmax>;

/// The ops of a list and no other: what a visit names instead of a catch-all.
template <class T, class... Ops>
concept OneOf = (std::same_as<std::remove_cvref_t<T>, Ops> || ...);

/// Lets std::visit take one lambda per alternative: visit(Overloaded{...}, op).
template <class... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};
template <class... Fs>
Overloaded(Fs...) -> Overloaded<Fs...>;  // clang before 17 does not deduce it

}  // namespace zsq
