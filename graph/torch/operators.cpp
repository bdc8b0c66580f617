#include "graph/torch/operators.h"

#include <limits>
#include <unordered_set>

namespace zsq::torchscript {

Handler handler_of(std::string_view op) {
  for (const Handlers* table : {&convolution_operators(), &pointwise_operators(), &arithmetic_operators(),
                                &pooling_operators(), &upsampling_operators()})
    if (const auto found = table->find(op); found != table->end()) return found->second;
  return nullptr;
}

Effect effect_of(std::string_view op) {
  using Names = std::unordered_set<std::string_view>;
  static const Names none{
      "contiguous",      "clone",      "detach",  "alias",         "dropout",
      "feature_dropout", "to",         "type_as", "alpha_dropout", "requires_grad",
      "_to_copy",        "lift_fresh", "cpu",     "float",         "feature_alpha_dropout",
      "positive"};
  static const Names rearranges{
      "view",           "reshape",      "flatten",      "unflatten",    "transpose",
      "permute",        "chunk",        "split",        "slice",        "select",
      "narrow",         "squeeze",      "unsqueeze",    "unbind",       "expand",
      "expand_as",      "view_as",      "reshape_as",   "movedim",      "split_with_sizes",
      "tensor_split",   "swapaxes",     "swapdims",     "moveaxis",     "t",
      "index_select",   "flip",         "unsafe_chunk", "unsafe_split", "channel_shuffle",
      "_reshape_alias", "_unsafe_view", "ravel"};
  static const Names makes_constant{"zeros_like", "ones_like", "full_like", "empty_like",      "new_zeros",
                                    "new_ones",   "new_full",  "new_empty", "_shape_as_tensor"};
  static const Names reads_values{"Bool",           "Int",         "Float",        "item",
                                  "is_nonzero",     "equal",       "tolist",       "allclose",
                                  "ScalarImplicit", "IntImplicit", "FloatImplicit"};
  if (none.contains(op)) return Effect::none;
  if (rearranges.contains(op)) return Effect::rearranges;
  if (makes_constant.contains(op)) return Effect::makes_constant;
  if (reads_values.contains(op)) return Effect::reads_values;
  return Effect::computes;
}

int narrow(const Call& call, std::int64_t value) {
  if (value < std::numeric_limits<int>::min() || value > std::numeric_limits<int>::max())
    refuse(call, "has a setting of ", value, ", which is out of range");
  return static_cast<int>(value);
}

std::vector<std::int64_t> integers(const Call& call, std::size_t argument) {
  const c10::IValue& value = call[argument];
  if (value.isInt()) return {value.toInt()};
  if (value.isIntList()) return value.toIntVector();
  if (value.isNone()) return {};
  refuse(call, "has a setting (argument ", argument,
         ") that is no list of integers, which zsq does not support");
}

Size2 size2(const Call& call, std::size_t argument, Size2 absent) {
  const std::vector<std::int64_t> values = integers(call, argument);
  if (values.empty()) return absent;
  if (values.size() > 2) refuse(call, "works in ", values.size(), " dimensions; zsq supports two");
  return {narrow(call, values.front()), narrow(call, values.back())};
}

torch::Tensor optional_tensor(const Call& call, std::size_t argument) {
  return call[argument].isTensor() ? call[argument].toTensor() : torch::Tensor();
}

NodeId add_scale(Recorder& recorder, const Call& call, NodeId x, std::vector<float> factor,
                 std::vector<float> offset) {
  const std::int64_t channels = recorder.shape(x).c;
  return recorder.add(call,
                      Conv2d{Array{{channels, 1, 1, 1}, std::move(factor)}, std::move(offset), Window{},
                             narrow(call, channels)},
                      {x});
}

}  // namespace zsq::torchscript
