#include "graph/onnx/constants.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace zsq::onnx {
namespace {

using Dims = std::vector<std::int64_t>;

const Tensor& needed(const Call& call, std::size_t input) {
  const Tensor* t = call.constant(input);
  need(t != nullptr, call.node, "lacks its input ", input);
  return *t;
}

Tensor constant(const Call& call) {
  const Node& node = call.node;
  if (const Attribute* a = node.find("value"); a != nullptr && a->tensor) return *a->tensor;
  if (const Attribute* a = node.find("value_int")) return tensor_of(Dims{a->integer.value_or(0)}, {});
  if (const Attribute* a = node.find("value_ints")) return tensor_of(a->integers, {std::ssize(a->integers)});
  if (const Attribute* a = node.find("value_float"))
    return tensor_of(std::vector<float>{a->number.value_or(0)}, {});
  if (const Attribute* a = node.find("value_floats")) return tensor_of(a->numbers, {std::ssize(a->numbers)});
  refuse(node, "is a constant of a kind that zsq does not read; numbers are supported");
}

Tensor constant_of_shape(const Call& call) {
  const Dims dims = integers(needed(call, 0));
  const std::int64_t count = product(dims, title(call.node));
  call.budget.take(count, call.node);
  const Attribute* a = call.node.find("value");
  const bool given = a != nullptr && a->tensor && a->tensor->count() == 1;
  const Dims places(static_cast<std::size_t>(count), 0);
  return picked(given ? *a->tensor : tensor_of(std::vector<float>{0}, {1}), places, dims);
}

/// To one of two types, which is all that reading a model needs: integers and floats.
Tensor cast(const Call& call) {
  const Tensor& t = needed(call, 0);
  call.budget.take(t.count(), call.node);
  const std::int64_t to = call.node.integer("to", 1);
  const bool is_float = to == 1 || to == 10 || to == 11 || to == 16;
  if (!is_float && to != 9) return tensor_of(integers(t), t.dims);
  std::vector<float> values = floats(t);
  if (is_float) return tensor_of(values, t.dims);
  Dims truths;
  for (const float v : values) truths.push_back(v != 0 ? 1 : 0);
  return tensor_of(truths, t.dims);
}

Tensor shape(const Call& call) { return shape_of(call.node, needed(call, 0).dims); }

/// Of two constants; beside a value that is computed from the image the importer does it.
Tensor cast_like(const Call& call) {
  const Tensor& t = needed(call, 0);
  call.budget.take(t.count(), call.node);
  return needed(call, 1).is_integer() ? tensor_of(integers(t), t.dims) : tensor_of(floats(t), t.dims);
}

Tensor concat(const Call& call) {
  std::vector<Tensor> parts;
  for (std::size_t i = 0; i < call.node.inputs.size(); ++i) parts.push_back(needed(call, i));
  need(!parts.empty(), call.node, "concatenates nothing");
  const std::size_t axis = axis_of(call.node, call.node.integer("axis", 0), parts[0].dims.size());
  Dims dims = parts[0].dims;
  dims[axis] = 0;
  bool integer = true;
  for (const Tensor& p : parts) {
    need(p.dims.size() == dims.size(), call.node, "concatenates ", dims.size(), " axes and ", p.dims.size());
    dims[axis] += p.dims[axis];
    integer &= p.is_integer();
    for (std::size_t d = 0; d < dims.size(); ++d)
      need(d == axis || p.dims[d] == dims[d], call.node, "concatenates extents of ", dims[d], " and ",
           p.dims[d]);
  }
  call.budget.take(product(dims, title(call.node)), call.node);
  const auto joined = [&](auto values_of) {
    decltype(values_of(parts[0])) all;
    std::vector<decltype(all)> lists;
    for (const Tensor& p : parts) lists.push_back(values_of(p));
    const std::int64_t outer = product({dims.begin(), dims.begin() + static_cast<std::ptrdiff_t>(axis)}, "");
    for (std::int64_t o = 0; o < outer; ++o)
      for (const auto& list : lists) {
        const std::int64_t row = std::ssize(list) / outer;
        all.insert(all.end(), list.begin() + o * row, list.begin() + (o + 1) * row);
      }
    return tensor_of(all, dims);
  };
  return integer ? joined(integers) : joined(floats);
}

std::int64_t scalar(const Call& call, std::size_t input) {
  const Tensor& t = needed(call, input);
  need(t.count() == 1, call.node, "has ", t.count(), " values as input ", input, ", needed one");
  return integers(t).front();
}

Tensor range(const Call& call) {
  const std::int64_t from = scalar(call, 0), to = scalar(call, 1), step = scalar(call, 2);
  constexpr std::int64_t kMost = std::int64_t{1} << 20;
  need(step != 0 && std::abs(from) < kMost && std::abs(to) < kMost && std::abs(step) < kMost, call.node,
       "counts from ", from, " to ", to, " by ", step);
  Dims values;
  for (std::int64_t i = from; step > 0 ? i < to : i > to; i += step) values.push_back(i);
  call.budget.take(std::ssize(values), call.node);
  return tensor_of(values, {std::ssize(values)});
}

std::int64_t wrapped(std::int64_t a, std::int64_t b, auto op) {
  return static_cast<std::int64_t>(op(static_cast<std::uint64_t>(a), static_cast<std::uint64_t>(b)));
}

/// What an operator of two numbers does to integers and to floats.
struct Binary {
  std::int64_t (*of_integers)(std::int64_t, std::int64_t);
  float (*of_floats)(float, float);
};

const std::unordered_map<std::string_view, Binary>& binaries() {
  using I = std::int64_t;
  static const std::unordered_map<std::string_view, Binary> table{
      {"Add", {[](I a, I b) { return wrapped(a, b, std::plus()); }, [](float a, float b) { return a + b; }}},
      {"Sub", {[](I a, I b) { return wrapped(a, b, std::minus()); }, [](float a, float b) { return a - b; }}},
      {"Mul",
       {[](I a, I b) { return wrapped(a, b, std::multiplies()); }, [](float a, float b) { return a * b; }}},
      {"Div",
       {[](I a, I b) { return b == 0 || b == -1 ? wrapped(0, a, std::minus()) : a / b; },
        [](float a, float b) { return a / b; }}},
      {"Mod",
       {[](I a, I b) { return b == 0 || b == -1 ? 0 : (a % b + b) % b; },
        [](float a, float b) { return std::fmod(a, b); }}},
      {"Min", {[](I a, I b) { return std::min(a, b); }, [](float a, float b) { return std::min(a, b); }}},
      {"Max", {[](I a, I b) { return std::max(a, b); }, [](float a, float b) { return std::max(a, b); }}},
      {"Equal", {[](I a, I b) { return I{a == b}; }, [](float a, float b) { return a == b ? 1.0F : 0.0F; }}},
      {"Less", {[](I a, I b) { return I{a < b}; }, [](float a, float b) { return a < b ? 1.0F : 0.0F; }}},
      {"Greater", {[](I a, I b) { return I{a > b}; }, [](float a, float b) { return a > b ? 1.0F : 0.0F; }}},
      {"And", {[](I a, I b) { return I{a != 0 && b != 0}; }, [](float, float) { return 0.0F; }}},
      {"Or", {[](I a, I b) { return I{a != 0 || b != 0}; }, [](float, float) { return 0.0F; }}}};
  return table;
}

Tensor spread(const Call& call, const Tensor& t, const Dims& dims) {
  if (t.dims == dims) return t;
  const View view = expanded(call, t.dims, dims);
  return picked(t, *view.places, view.dims);
}

Tensor combined(const Call& call, const Binary& op) {
  const Dims dims = broadcast(call, needed(call, 0).dims, needed(call, 1).dims);
  call.budget.take(product(dims, title(call.node)), call.node);
  const Tensor a = spread(call, needed(call, 0), dims), b = spread(call, needed(call, 1), dims);
  const auto each = [&](auto x, const auto& y, auto f) {
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = f(x[i], y[i]);
    return tensor_of(x, dims);
  };
  return a.is_integer() && b.is_integer() ? each(integers(a), integers(b), op.of_integers)
                                          : each(floats(a), floats(b), op.of_floats);
}

const std::unordered_map<std::string_view, float (*)(float)>& functions() {
  static const std::unordered_map<std::string_view, float (*)(float)> table{{"Floor", [](float v) { return std::floor(v); }},
                                                                            {"Ceil", [](float v) { return std::ceil(v); }},
                                                                            {"Sqrt", [](float v) { return std::sqrt(v); }},
                                                                            {"Exp", [](float v) { return std::exp(v); }},
                                                                            {"Reciprocal", [](float v) { return 1 / v; }},
                                                                            {"Neg", [](float v) { return -v; }},
                                                                            {"Abs", [](float v) { return std::abs(v); }},
                                                                            {"Not", [](float v) { return v == 0 ? 1.0F : 0.0F; }}};
  return table;
}

Tensor mapped(const Call& call, float (*f)(float)) {
  const Tensor& t = needed(call, 0);
  call.budget.take(t.count(), call.node);
  std::vector<float> values = floats(t);
  for (float& v : values) v = f(v);
  const Tensor result = tensor_of(values, t.dims);
  return t.is_integer() ? tensor_of(integers(result), t.dims) : result;
}

Tensor where(const Call& call) {
  const Tensor &yes = needed(call, 1), &no = needed(call, 2);
  const Dims dims = broadcast(call, needed(call, 0).dims, broadcast(call, yes.dims, no.dims));
  const Dims chosen = integers(spread(call, needed(call, 0), dims));
  call.budget.take(std::ssize(chosen), call.node);
  const auto each = [&](auto x, const auto& y) {
    for (std::size_t i = 0; i < x.size(); ++i)
      if (chosen[i] == 0) x[i] = y[i];
    return tensor_of(x, dims);
  };
  const Tensor a = spread(call, yes, dims), b = spread(call, no, dims);
  return a.is_integer() && b.is_integer() ? each(integers(a), integers(b)) : each(floats(a), floats(b));
}

Tensor reduce_product(const Call& call) {
  const Tensor& t = needed(call, 0);
  std::int64_t all = 1;
  for (const std::int64_t v : integers(t)) all = wrapped(all, v, std::multiplies());
  const bool keeps = call.node.integer("keepdims", 1) != 0;
  return tensor_of(Dims{all}, keeps ? Dims(t.dims.size(), 1) : Dims{});
}

Tensor size(const Call& call) { return tensor_of(Dims{needed(call, 0).count()}, {}); }

}  // namespace

Tensor shape_of(const Node& node, const Dims& dims) {
  const auto count = std::ssize(dims);
  const auto at = [&](std::int64_t i) { return std::clamp<std::int64_t>(i < 0 ? i + count : i, 0, count); };
  const std::int64_t begin = at(node.integer("start", 0)), end = at(node.integer("end", count));
  const Dims part(dims.begin() + begin, dims.begin() + std::max(begin, end));
  return tensor_of(part, {std::ssize(part)});
}

std::optional<std::vector<Tensor>> evaluate(const Call& call) {
  if (!call.node.domain.empty()) return std::nullopt;
  static const std::unordered_map<std::string_view, Tensor (*)(const Call&)> table{
      {"Constant", constant}, {"ConstantOfShape", constant_of_shape},
      {"Cast", cast},         {"CastLike", cast_like},
      {"Shape", shape},       {"Size", size},
      {"Concat", concat},     {"Range", range},
      {"Where", where},       {"ReduceProd", reduce_product}};
  if (const auto op = table.find(call.node.op); op != table.end()) return std::vector{op->second(call)};
  if (const auto op = binaries().find(call.node.op); op != binaries().end())
    return std::vector{combined(call, op->second)};
  if (const auto op = functions().find(call.node.op); op != functions().end())
    return std::vector{mapped(call, op->second)};
  const Tensor* first = call.constant(0);
  if (first == nullptr) return std::nullopt;
  const auto moved = views(call, first->dims);
  if (!moved) return std::nullopt;
  std::vector<Tensor> results;
  for (const View& v : *moved)
    results.push_back(v.places ? picked(*first, *v.places, v.dims) : with_dims(*first, v.dims));
  return results;
}

}  // namespace zsq::onnx
