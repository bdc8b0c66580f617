#include "graph/torch/call.h"

#include <algorithm>
#include <unordered_set>

namespace zsq::torchscript {

using torch::Tensor;

const c10::IValue& Call::operator[](std::size_t i) const {
  if (i >= arguments.size())
    refuse(*this, "has only ", arguments.size(), " arguments; another LibTorch wrote it");
  return arguments[i];
}

std::vector<Tensor> tensors_in(const c10::IValue& value) {
  std::vector<Tensor> out;
  const auto append = [&](const auto& elements) {
    for (const c10::IValue& element : elements)
      for (const Tensor& t : tensors_in(element)) out.push_back(t);
  };
  if (value.isTensor() && value.toTensor().defined()) out.push_back(value.toTensor());
  if (value.isTensorList() || value.isList()) append(value.toListRef());
  if (value.isTuple()) append(value.toTupleRef().elements());
  if (value.isGenericDict())
    for (const auto& item : value.toGenericDict())
      for (const Tensor& t : tensors_in(item.value())) out.push_back(t);
  return out;
}

std::string node_name(const Call& call) {
  if (call.module.empty()) return call.op;
  return call.leaf ? call.module : call.module + "." + call.op;
}

bool only_moves_list_elements(const Call& call) {
  if (call.count() == 0 || !(call[0].isList() || call[0].isTuple() || call[0].isGenericDict())) return false;
  std::unordered_set<const void*> before;
  for (const c10::IValue& argument : call.arguments)
    for (const Tensor& t : tensors_in(argument)) before.insert(t.unsafeGetTensorImpl());
  return std::ranges::all_of(call.results,
                             [&](const Tensor& t) { return before.contains(t.unsafeGetTensorImpl()); });
}

}  // namespace zsq::torchscript
