#pragma once

#include <string_view>
#include <unordered_map>

#include "graph/torch/recorder.h"

namespace zsq::torchscript {

/// Adds the nodes of a call and returns the one whose value its first result is.
using Handler = NodeId (*)(Recorder&, const Call&);
using Handlers = std::unordered_map<std::string_view, Handler>;

// One table per kind of operator.
const Handlers& convolution_operators();
const Handlers& pointwise_operators();
const Handlers& arithmetic_operators();
const Handlers& pooling_operators();
const Handlers& upsampling_operators();

/// The function for an operator, or none.
Handler handler_of(std::string_view op);

/// What an operator does to a value that it does not compute: nothing, or a change of order.
enum class Effect { computes, none, rearranges, makes_constant, reads_values };
Effect effect_of(std::string_view op);

// How arguments are read:

/// An int or int[] argument as rows and columns; `absent` where the list is empty.
Size2 size2(const Call& call, std::size_t argument, Size2 absent = {});
std::vector<std::int64_t> integers(const Call& call, std::size_t argument);
int narrow(const Call& call, std::int64_t value);

/// An optional tensor argument: undefined where it is None.
torch::Tensor optional_tensor(const Call& call, std::size_t argument);

/// y = factor * x + offset per channel, as a depthwise 1x1 convolution; an empty offset is none.
NodeId add_scale(Recorder& recorder, const Call& call, NodeId x, std::vector<float> factor,
                 std::vector<float> offset);

}  // namespace zsq::torchscript
