#include "graph/op_traits.h"

#include <cstdint>

namespace zsq {
namespace {

constexpr std::size_t kAny = SIZE_MAX;

constexpr Traits layer(Reads reads) {
  return {.least_inputs = 1,
          .most_inputs = 1,
          .reads = reads,
          .scaling = Scaling::changes,
          .moves = false,
          .rescales = true,
          .wide = false,
          .no_integer_form = {}};
}

/// A function of each value by itself.
constexpr Traits pointwise(bool homogeneous, bool wide) {
  return {.least_inputs = 1,
          .most_inputs = 1,
          .reads = Reads::place,
          .scaling = homogeneous ? Scaling::per_channel : Scaling::changes,
          .moves = false,
          .rescales = false,
          .wide = wide,
          .no_integer_form = {}};
}

constexpr Traits pool(Reads reads, bool moves) {
  return {.least_inputs = 1,
          .most_inputs = 1,
          .reads = reads,
          .scaling = Scaling::per_channel,
          .moves = moves,
          .rescales = !moves,
          .wide = true,
          .no_integer_form = {}};
}

/// Values go elsewhere.
constexpr Traits move(Scaling scaling) {
  return {.least_inputs = 1,
          .most_inputs = 1,
          .reads = Reads::image,
          .scaling = scaling,
          .moves = true,
          .rescales = false,
          .wide = true,
          .no_integer_form = {}};
}

constexpr Traits refused(Traits traits, std::string_view reason) {
  traits.no_integer_form = reason;
  return traits;
}

bool is_pointwise(const Window& w) {
  return w.kernel == Size2{} && w.stride == Size2{} && w.padding == Padding{};
}

Traits combination(Scaling scaling, std::size_t most, bool rescales, bool wide) {
  return {.least_inputs = 2,
          .most_inputs = most,
          .reads = Reads::place,
          .scaling = scaling,
          .moves = false,
          .rescales = rescales,
          .wide = wide,
          .no_integer_form = {}};
}

/// The same for a constant op and one to be changed.
template <class Found, class AnyOp>
Found parameters_in(AnyOp& op) {
  return std::visit(
      Overloaded{
          [](OneOf<Conv2d, ConvTranspose2d, Linear> auto& o) {
            return Found{&o.weight, &o.bias, nullptr};
          },
          [](OneOf<BatchNorm2d> auto& o) {
            return Found{nullptr, nullptr, &o};
          },
          [](OneOf<Input, Clamp, Pointwise, Add, Mul, Concat, MaxPool2d, AvgPool2d, GlobalAvgPool, Flatten,
                   Pad, Slice, ChannelShuffle, PixelShuffle, PixelUnshuffle, Upsample, Softmax> auto&) {
            return Found{nullptr, nullptr, nullptr};
          }},
      op);
}

}  // namespace

Traits traits(const Op& op) {
  return std::visit(
      Overloaded{
          [](const Input&) {
            return Traits{.least_inputs = 0,
                          .most_inputs = 0,
                          .reads = Reads::nothing,
                          .scaling = Scaling::changes,
                          .moves = false,
                          .rescales = false,
                          .wide = false,
                          .no_integer_form = {}};
          },
          [](const Conv2d& o) { return layer(is_pointwise(o.window) ? Reads::place : Reads::window); },
          [](const ConvTranspose2d&) {
            return refused(layer(Reads::window), "a transposed convolution that was not rewritten");
          },
          [](const Linear&) { return layer(Reads::place); },
          [](const BatchNorm2d&) {
            return refused(pointwise(false, false), "a batch norm that was not folded");
          },
          [](const Clamp& o) { return pointwise(o == Clamp{}, true); },
          [](const Pointwise& o) {
            const bool leaky = o.function == Function::leaky_relu;
            return pointwise(leaky, leaky);
          },
          [](const Add&) { return combination(Scaling::per_channel, 2, true, true); },
          [](const Mul&) { return combination(Scaling::changes, 2, true, false); },
          [](const Concat&) { return combination(Scaling::keeps, kAny, false, true); },
          [](const MaxPool2d&) { return pool(Reads::window, true); },
          [](const AvgPool2d&) { return pool(Reads::window, false); },
          [](const GlobalAvgPool&) { return pool(Reads::image, false); },
          [](const Flatten&) { return move(Scaling::keeps); },
          [](const Pad& o) { return move(o.value == 0 ? Scaling::keeps : Scaling::changes); },
          [](const Slice&) { return move(Scaling::keeps); },
          [](const ChannelShuffle&) { return move(Scaling::keeps); },
          [](const PixelShuffle&) { return move(Scaling::keeps); },
          [](const PixelUnshuffle&) { return move(Scaling::keeps); },
          [](const Upsample& o) { return pool(Reads::window, o.mode == Upsample::Mode::nearest); },
          [](const Softmax&) {
            return refused(pointwise(false, false), "a softmax inside the network has no integer form here");
          },
      },
      op);
}

Parameters parameters(const Op& op) { return parameters_in<Parameters>(op); }
MutableParameters parameters(Op& op) { return parameters_in<MutableParameters>(op); }

}  // namespace zsq
