#include "graph/onnx/views.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>

namespace zsq::onnx {
namespace {

using Dims = std::vector<std::int64_t>;

/// For each axis of a result, and each index along it, how far it moves in the input.
using Offsets = std::vector<Dims>;

Dims strides(const Dims& dims) {
  Dims all(dims.size(), 1);
  if (std::ranges::find(dims, 0) != dims.end())
    return all;  // of nothing; the others' product may be anything
  for (std::size_t i = dims.size(); i-- > 1;) all[i - 1] = all[i] * dims[i];
  return all;
}

/// Where index i of each axis of `dims` is.
Offsets offsets_of(const Call& call, const Dims& dims) {
  for (const std::int64_t d : dims) call.budget.take(d, call.node);  // of nothing, too: [0, 2^40]
  const Dims step = strides(dims);
  Offsets all;
  for (std::size_t d = 0; d < dims.size(); ++d) {
    Dims axis(static_cast<std::size_t>(dims[d]));
    for (std::size_t i = 0; i < axis.size(); ++i) axis[i] = static_cast<std::int64_t>(i) * step[d];
    all.push_back(std::move(axis));
  }
  return all;
}

View gathered(const Call& call, const Offsets& offsets) {
  View view{.dims = {}, .places = Dims{0}};
  for (const Dims& axis : offsets) view.dims.push_back(std::ssize(axis));
  const std::int64_t count = product(view.dims, title(call.node));
  call.budget.take(2 * count, call.node);
  if (count == 0) return {std::move(view.dims), Dims{}};
  for (const Dims& axis : offsets) {
    Dims next;
    next.reserve(view.places->size() * axis.size());
    for (const std::int64_t place : *view.places)
      for (const std::int64_t offset : axis) next.push_back(place + offset);
    view.places = std::move(next);
  }
  return view;
}

std::vector<View> in_order(Dims dims) { return {View{std::move(dims), std::nullopt}}; }

const Tensor& needed(const Call& call, std::size_t input) {
  const Tensor* t = call.constant(input);
  need(t != nullptr, call.node, "lacks its input ", input);
  return *t;
}

std::vector<View> reshape(const Call& call, const Dims& dims) {
  Dims to = integers(needed(call, 1));
  const std::int64_t all = product(dims, title(call.node));
  const bool zero_is_zero = call.node.integer("allowzero", 0) != 0;
  std::int64_t known = 1;
  std::optional<std::size_t> open;
  for (std::size_t i = 0; i < to.size(); ++i) {
    if (to[i] == 0 && !zero_is_zero) {
      need(i < dims.size(), call.node, "keeps an extent that its input does not have");
      to[i] = dims[i];
    }
    need(to[i] >= -1 && (to[i] != -1 || !open), call.node, "reshapes to extents that cannot be");
    if (to[i] == -1) {
      open = i;
    } else {
      known = product({known, to[i]}, title(call.node));
    }
  }
  if (open) {
    need(known > 0 && all % known == 0, call.node, "reshapes ", all, " values to rows of ", known);
    to[*open] = all / known;
  }
  need(product(to, title(call.node)) == all, call.node, "reshapes ", all, " values to ",
       product(to, title(call.node)));
  return in_order(std::move(to));
}

std::vector<View> flatten(const Call& call, const Dims& dims) {
  std::int64_t axis = call.node.integer("axis", 1);
  if (axis < 0) axis += std::ssize(dims);
  need(0 <= axis && axis <= std::ssize(dims), call.node, "flattens at axis ", axis, " of ", dims.size());
  const auto middle = dims.begin() + axis;
  return in_order(
      {product({dims.begin(), middle}, title(call.node)), product({middle, dims.end()}, title(call.node))});
}

std::vector<View> squeeze(const Call& call, const Dims& dims) {
  const auto given = list(call, 1, "axes");
  std::vector<bool> gone(dims.size());
  for (std::size_t i = 0; i < dims.size(); ++i) gone[i] = !given && dims[i] == 1;
  for (const std::int64_t axis : given.value_or(Dims{})) {
    const std::size_t a = axis_of(call.node, axis, dims.size());
    need(dims[a] == 1, call.node, "squeezes an extent of ", dims[a]);
    gone[a] = true;
  }
  Dims to;
  for (std::size_t i = 0; i < dims.size(); ++i)
    if (!gone[i]) to.push_back(dims[i]);
  return in_order(std::move(to));
}

std::vector<View> unsqueeze(const Call& call, const Dims& dims) {
  const Dims given = list(call, 1, "axes").value_or(Dims{});
  const std::size_t count = dims.size() + given.size();
  std::vector<bool> made(count);
  for (const std::int64_t axis : given) {
    const std::size_t a = axis_of(call.node, axis, count);
    need(!made[a], call.node, "makes the axis ", axis, " twice");
    made[a] = true;
  }
  Dims to;
  auto old = dims.begin();
  for (std::size_t i = 0; i < count; ++i) to.push_back(made[i] ? 1 : *old++);
  return in_order(std::move(to));
}

std::vector<View> transpose(const Call& call, const Dims& dims) {
  Dims order(dims.size());
  std::iota(order.rbegin(), order.rend(), 0);
  order = call.node.integers("perm", order);
  Dims sorted = order;
  std::ranges::sort(sorted);
  for (std::size_t i = 0; i < sorted.size(); ++i)
    need(sorted.size() == dims.size() && sorted[i] == static_cast<std::int64_t>(i), call.node, "puts ",
         dims.size(), " axes into no order of theirs");
  const Offsets from = offsets_of(call, dims);
  Offsets to;
  for (const std::int64_t axis : order) to.push_back(from[static_cast<std::size_t>(axis)]);
  return {gathered(call, to)};
}

/// Places of an axis that a slice takes, by numpy's rules with ends that may lie outside.
Dims sliced(const Call& call, std::int64_t begin, std::int64_t end, std::int64_t step, std::int64_t extent) {
  need(step != 0 && step > INT64_MIN, call.node, "slices by steps of ", step);
  const auto inside = [&](std::int64_t at, std::int64_t low, std::int64_t high) {
    return std::clamp(at < 0 ? std::max(at, -extent - 1) + extent : at, low, high);
  };
  Dims taken;
  if (extent == 0) return taken;
  if (step > 0)
    for (std::int64_t i = inside(begin, 0, extent), to = inside(end, 0, extent); i < to;
         i += std::min(step, extent))
      taken.push_back(i);
  else
    for (std::int64_t i = inside(begin, 0, extent - 1), to = end < -extent ? -1 : inside(end, -1, extent - 1);
         i > to; i += std::max(step, -extent - 1))
      taken.push_back(i);
  return taken;
}

std::vector<View> slice(const Call& call, const Dims& dims) {
  const auto begins = list(call, 1, "starts"), ends = list(call, 2, "ends"), steps = list(call, 4, "steps");
  need(begins && ends && begins->size() == ends->size(), call.node, "has no starts and ends to slice by");
  Dims axes(begins->size());
  std::iota(axes.begin(), axes.end(), 0);
  axes = list(call, 3, "axes").value_or(axes);
  need(axes.size() == begins->size() && (!steps || steps->size() == axes.size()), call.node,
       "slices along another number of axes than it has starts and steps");
  Offsets offsets = offsets_of(call, dims);
  for (std::size_t i = 0; i < axes.size(); ++i) {
    Dims& axis = offsets[axis_of(call.node, axes[i], dims.size())];
    Dims taken;
    for (const std::int64_t at :
         sliced(call, (*begins)[i], (*ends)[i], steps ? (*steps)[i] : 1, std::ssize(axis)))
      taken.push_back(axis[static_cast<std::size_t>(at)]);
    axis = std::move(taken);
  }
  return {gathered(call, offsets)};
}

std::vector<View> gather(const Call& call, const Dims& dims) {
  const Tensor& at = needed(call, 1);
  const std::size_t axis = axis_of(call.node, call.node.integer("axis", 0), dims.size());
  Offsets offsets = offsets_of(call, dims);
  Dims taken;
  for (std::int64_t i : integers(at)) {
    if (i < 0) i += dims[axis];
    need(0 <= i && i < dims[axis], call.node, "gathers at ", i, " of ", dims[axis]);
    taken.push_back(offsets[axis][static_cast<std::size_t>(i)]);
  }
  offsets[axis] = std::move(taken);
  View view = gathered(call, offsets);
  const auto place = view.dims.erase(view.dims.begin() + static_cast<std::ptrdiff_t>(axis));
  view.dims.insert(place, at.dims.begin(), at.dims.end());
  return {std::move(view)};
}

Dims split_sizes(const Call& call, std::int64_t extent) {
  if (const auto given = list(call, 1, "split")) return *given;
  const std::int64_t parts = std::ssize(call.node.outputs);
  const std::int64_t size = (extent + parts - 1) / std::max<std::int64_t>(parts, 1);
  Dims sizes(static_cast<std::size_t>(parts), size);
  if (!sizes.empty()) sizes.back() = extent - size * (parts - 1);
  return sizes;
}

std::vector<View> split_into(const Call& call, const Dims& dims, std::size_t axis, const Dims& sizes) {
  const Offsets all = offsets_of(call, dims);
  std::int64_t begin = 0;
  std::vector<View> parts;
  for (const std::int64_t size : sizes) {
    need(0 <= size && size <= dims[axis] - begin, call.node, "splits an extent of ", dims[axis],
         " into parts that do not fit");
    Offsets part = all;
    part[axis] = Dims(all[axis].begin() + begin, all[axis].begin() + begin + size);
    parts.push_back(gathered(call, part));
    begin += size;
  }
  return parts;
}

std::vector<View> split(const Call& call, const Dims& dims) {
  const std::size_t axis = axis_of(call.node, call.node.integer("axis", 0), dims.size());
  return split_into(call, dims, axis, split_sizes(call, dims[axis]));
}

std::vector<View> expand(const Call& call, const Dims& dims) {
  return {expanded(call, dims, broadcast(call, dims, integers(needed(call, 1))))};
}

std::vector<View> tile(const Call& call, const Dims& dims) {
  const Dims times = integers(needed(call, 1));
  need(times.size() == dims.size(), call.node, "repeats ", dims.size(), " axes by ", times.size(),
       " numbers");
  Offsets offsets = offsets_of(call, dims);
  for (std::size_t d = 0; d < dims.size(); ++d) {
    const Dims once = std::move(offsets[d]);
    const std::int64_t count = product({std::ssize(once), times[d]}, title(call.node));
    call.budget.take(count, call.node);
    offsets[d] = Dims(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < offsets[d].size(); ++i) offsets[d][i] = once[i % once.size()];
  }
  return {gathered(call, offsets)};
}

std::vector<View> identity(const Call&, const Dims& dims) { return in_order(dims); }

using Handler = std::vector<View> (*)(const Call&, const Dims&);

Handler view_of(const Node& node) {
  static const std::unordered_map<std::string_view, Handler> table{
      {"Reshape", reshape},     {"Flatten", flatten}, {"Squeeze", squeeze},  {"Unsqueeze", unsqueeze},
      {"Transpose", transpose}, {"Slice", slice},     {"Gather", gather},    {"Split", split},
      {"Expand", expand},       {"Tile", tile},       {"Identity", identity}};
  const auto found = table.find(node.op);
  return found == table.end() || !node.domain.empty() ? nullptr : found->second;
}

}  // namespace

bool views_known(const Node& node) { return view_of(node) != nullptr; }

std::optional<std::vector<View>> views(const Call& call, const Dims& dims) {
  const Handler handler = view_of(call.node);
  if (handler == nullptr) return std::nullopt;
  return handler(call, dims);
}

std::vector<View> split_to_sequence(const Call& call, const Dims& dims) {
  const std::size_t axis = axis_of(call.node, call.node.integer("axis", 0), dims.size());
  const Tensor* given = call.constant(1);
  if (given == nullptr || (given->dims.empty() && integers(*given).front() < 1))
    refuse(call.node, "splits into parts of one place each, which zsq does not do");
  if (!given->dims.empty()) return split_into(call, dims, axis, integers(*given));
  const std::int64_t size = integers(*given).front();
  Dims sizes;
  for (std::int64_t rest = dims[axis]; rest > 0; rest -= size) sizes.push_back(std::min(size, rest));
  return split_into(call, dims, axis, sizes);
}

View expanded(const Call& call, const Dims& dims, Dims to) {
  need(dims.size() <= to.size(), call.node, "broadcasts ", dims.size(), " axes to ", to.size());
  for (const std::int64_t d : to) {
    need(d >= 0, call.node, "broadcasts to an extent of ", d);
    call.budget.take(d, call.node);
  }
  Offsets offsets = offsets_of(call, dims);
  offsets.insert(offsets.begin(), to.size() - dims.size(), Dims{0});
  for (std::size_t d = 0; d < to.size(); ++d) {
    need(std::ssize(offsets[d]) == to[d] || offsets[d].size() == 1, call.node, "broadcasts an extent of ",
         offsets[d].size(), " to ", to[d]);
    if (std::ssize(offsets[d]) != to[d]) offsets[d].assign(static_cast<std::size_t>(to[d]), 0);
  }
  return gathered(call, offsets);
}

Dims broadcast(const Call& call, const Dims& a, const Dims& b) {
  Dims to(std::max(a.size(), b.size()), 1);
  for (const Dims* dims : {&a, &b})
    for (std::size_t i = 0; i < dims->size(); ++i) {
      std::int64_t& extent = to[to.size() - dims->size() + i];
      need(extent == 1 || (*dims)[i] == 1 || extent == (*dims)[i], call.node, "combines extents of ", extent,
           " and ", (*dims)[i]);
      if ((*dims)[i] != 1) extent = (*dims)[i];
    }
  return to;
}

std::size_t axis_of(const Node& node, std::int64_t axis, std::size_t axes) {
  const auto count = static_cast<std::int64_t>(axes);
  need(-count <= axis && axis < count, node, "names the axis ", axis, " of ", count);
  return static_cast<std::size_t>(axis < 0 ? axis + count : axis);
}

std::optional<std::vector<std::int64_t>> list(const Call& call, std::size_t input,
                                              std::string_view attribute) {
  if (const Attribute* a = call.node.find(attribute)) return a->integers;
  if (const Tensor* t = call.constant(input)) return integers(*t);
  return std::nullopt;
}

}  // namespace zsq::onnx
