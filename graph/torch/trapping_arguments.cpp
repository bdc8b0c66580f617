#include "graph/torch/trapping_arguments.h"

#include <limits>
#include <unordered_set>

#include <ATen/core/Tensor.h>
#include <ATen/ops/any.h>
#include <ATen/ops/eq.h>

namespace zsq::torchscript {
namespace {

bool divides(std::string_view op) {
  static const std::unordered_set<std::string_view> names{
      "aten::floordiv",       "aten::remainder",      "aten::divmod",        "aten::__round_to_zero_floordiv",
      "aten::floor_divide",   "aten::fmod",           "aten::div",           "aten::divide",
      "aten::remainder_",     "aten::fmod_",          "aten::div_",          "aten::divide_",
      "aten::__derive_index", "aten::__range_length", "aten::floor_divide_", "aten::gcd"};
  return names.contains(op);
}

bool holds(const c10::IValue& value, std::int64_t wanted) {
  if (value.isInt()) return value.toInt() == wanted;
  if (!value.isTensor()) return false;
  const at::Tensor& t = value.toTensor();
  return t.defined() && c10::isIntegralType(t.scalar_type(), /*includeBool=*/false) &&
         t.eq(wanted).any().item<bool>();
}

bool holds_least(const c10::IValue& value) {
  return holds(value, std::numeric_limits<std::int64_t>::min()) ||
         holds(value, std::numeric_limits<std::int32_t>::min());
}

/// Of _weight_norm(v, g, dim): whether there is one g for each place along that side of v.
bool has_its_norms(const std::vector<c10::IValue>& arguments) {
  if (arguments.size() != 3 || !arguments[0].isTensor() || !arguments[1].isTensor() || !arguments[2].isInt())
    return false;
  const at::Tensor &v = arguments[0].toTensor(), &g = arguments[1].toTensor();
  const std::int64_t side = arguments[2].toInt();
  return v.defined() && g.defined() && side >= 0 && side < v.dim() && g.numel() == v.size(side);
}

}  // namespace

bool would_trap(std::string_view op, const std::vector<c10::IValue>& arguments) {
  if (op == "aten::slice") return arguments.size() > 3 && !arguments[0].isTensor() && holds(arguments[3], 0);
  if (op == "aten::_weight_norm") return !has_its_norms(arguments);
  if (!divides(op)) return false;
  bool least = false, minus_one = false;
  for (const c10::IValue& argument : arguments) {
    least = least || holds_least(argument);
    minus_one = minus_one || holds(argument, -1);
  }
  return least && minus_one;
}

}  // namespace zsq::torchscript
