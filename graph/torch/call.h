#pragma once

#include <functional>
#include <string>
#include <vector>

#include <ATen/core/ivalue.h>
#include <torch/types.h>

#include "graph/check.h"

namespace zsq::torchscript {

/// One operator as it was run.
struct Call {
  std::string op;           // "conv2d": without its namespace, and without the underscore of an in-place form
  std::string module = {};  // path of the module whose code it is; "" for the network itself
  bool leaf = false;        // that module has no submodules, so its path names the node
  std::vector<c10::IValue> arguments = {};
  std::vector<torch::Tensor> results = {};  // those of its results that are tensors, or in lists
  std::function<void(std::vector<c10::IValue>&)> run = {};  // the operator itself, on a stack

  const c10::IValue& operator[](std::size_t i) const;
  std::size_t count() const { return arguments.size(); }
};

/// Throws Error (Fault::unsupported): the operator, its module, and the reason, which ends with what to do.
template <class... Parts>
[[noreturn]] void refuse(const Call& call, const Parts&... parts) {
  fail(Fault::unsupported, "aten::", call.op, call.module.empty() ? "" : " in ", call.module, ' ', parts...);
}

/// What the node of a call is called: after its module, where that does nothing else.
std::string node_name(const Call& call);

/// append, pop, indexing and their like: what they give was in the list before.
bool only_moves_list_elements(const Call& call);

/// The tensors of a value: itself, or those in a list or tuple.
std::vector<torch::Tensor> tensors_in(const c10::IValue& value);

}  // namespace zsq::torchscript
