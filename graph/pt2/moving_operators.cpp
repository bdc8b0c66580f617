#include <limits>
#include <numeric>

#include "graph/pt2/translator.h"

/// What only moves values, and the arithmetic of extents.
namespace zsq::pt2 {
namespace {

using Integers64 = std::vector<std::int64_t>;

constexpr std::int64_t kEnd = std::numeric_limits<std::int64_t>::max();

onnx::Attribute along(std::int64_t axis) { return attribute("axis", axis); }

void identity(Translator& t, const Call& call) {
  t.emit(call, "Identity", {t.tensor(call, call.arguments.empty() ? "self" : call.arguments.front().first)})
      .outputs.resize(1);  // native_dropout gives a mask, too
}

/// To another type: of images only real ones are.
void convert(Translator& t, const Call& call) {
  constexpr Integers64::value_type kHalf = 6, kDouble = 8, kBfloat16 = 13;
  const std::int64_t type = t.integer(call, "dtype", kHalf);
  const bool real = (type >= kHalf && type <= kDouble) || type == kBfloat16;
  t.emit(call, "Cast", {t.tensor(call, "self")}).attributes = {attribute("to", std::int64_t{real ? 1 : 7})};
}

/// Extents first .. last - 1 of a tensor, as integers.
std::string_view shape_of(Translator& t, const Call& call, std::int64_t first, std::int64_t last) {
  return t.intermediate(call, "Shape", {t.tensor(call, "self")},
                        {attribute("start", first), attribute("end", last)});
}

std::string_view joined(Translator& t, const Call& call, std::vector<std::string_view> parts) {
  return t.intermediate(call, "Concat", std::move(parts), {along(0)});
}

std::int64_t axis(Translator& t, const Call& call, std::string_view argument, std::int64_t absent) {
  const std::int64_t given = t.integer(call, argument, absent);
  return given < 0 ? given + static_cast<std::int64_t>(t.rank(call, "self")) : given;
}

void flatten(Translator& t, const Call& call) {
  const std::int64_t first = axis(t, call, "start_dim", 0), last = axis(t, call, "end_dim", -1);
  const std::string_view to = joined(
      t, call, {shape_of(t, call, 0, first), t.constant(Integers64{-1}), shape_of(t, call, last + 1, kEnd)});
  t.emit(call, "Reshape", {t.tensor(call, "self"), to});
}

void unflatten(Translator& t, const Call& call) {
  const std::int64_t at = axis(t, call, "dim", 0);
  const std::string_view to =
      joined(t, call, {shape_of(t, call, 0, at), t.extents(call, "sizes"), shape_of(t, call, at + 1, kEnd)});
  t.emit(call, "Reshape", {t.tensor(call, "self"), to});
}

void view(Translator& t, const Call& call) {
  const char* to = call.find("shape") != nullptr ? "shape" : "size";
  t.emit(call, "Reshape", {t.tensor(call, "self"), t.extents(call, to)});
}

void squeeze(Translator& t, const Call& call) {
  const Integers64 axes = t.integers(call, "dim");
  if (axes.empty()) refuse("drops all axes of extent 1, the batch's perhaps; name the axes to drop");
  t.emit(call, "Squeeze", {t.tensor(call, "self"), t.constant(axes)});
}

void unsqueeze(Translator& t, const Call& call) {
  t.emit(call, "Unsqueeze", {t.tensor(call, "self"), t.constant(Integers64{t.integer(call, "dim", 0)})});
}

/// x[begin:end:step] along an axis; the ends may be known only when the program runs.
void slice(Translator& t, const Call& call) {
  const auto end_of = [&](const char* argument, std::int64_t absent) {
    return call.find(argument) == nullptr ? t.constant(Integers64{absent}) : t.extents(call, argument);
  };
  t.emit(call, "Slice",
         {t.tensor(call, "self"), end_of("start", 0), end_of("end", kEnd),
          t.constant(Integers64{t.integer(call, "dim", 0)}),
          t.constant(Integers64{t.integer(call, "step", 1)})});
}

void select(Translator& t, const Call& call) {
  t.emit(call, "Gather", {t.tensor(call, "self"), t.constant(t.integer(call, "index", 0))}).attributes = {
      along(t.integer(call, "dim", 0))};
}

void chunk(Translator& t, const Call& call) {
  t.emit(call, "Split", {t.tensor(call, "self")}).attributes = {along(t.integer(call, "dim", 0))};
}

/// By a list of sizes, or by one, where the last part may be smaller.
void split(Translator& t, const Call& call) {
  if (call.find("split_sizes") != nullptr) {
    t.emit(call, "Split", {t.tensor(call, "self"), t.extents(call, "split_sizes")}).attributes = {
        along(t.integer(call, "dim", 0))};
    return;
  }
  constexpr std::int64_t kMost = std::int64_t{1} << 40;
  const std::int64_t size = t.integer(call, "split_size", 1);
  if (size < 1 || size > kMost) refuse("splits into parts of ", size);
  const std::string_view at = t.constant(Integers64{t.integer(call, "dim", 0)});
  std::int64_t begin = 0;
  for (const std::string& result : call.results) {
    const std::int64_t end = begin + size;
    t.emit(call, "Slice",
           {t.tensor(call, "self"), t.constant(Integers64{begin}), t.constant(Integers64{end}), at})
        .outputs = {result};
    begin = end;
  }
}

void unbind(Translator& t, const Call& call) {
  std::int64_t index = 0;
  for (const std::string& result : call.results) {
    onnx::Node& node = t.emit(call, "Gather", {t.tensor(call, "self"), t.constant(index++)});
    node.outputs = {result};
    node.attributes = {along(t.integer(call, "dim", 0))};
  }
}

void permute(Translator& t, const Call& call) {
  Integers64 order = t.integers(call, "dims");
  for (std::int64_t& a : order)
    if (a < 0) a += std::ssize(order);
  t.emit(call, "Transpose", {t.tensor(call, "self")}).attributes = {attribute("perm", order)};
}

/// Of two axes; t() is of the only two.
void transpose(Translator& t, const Call& call) {
  Integers64 order(t.rank(call, "self"));
  std::iota(order.begin(), order.end(), 0);
  const auto a = static_cast<std::size_t>(axis(t, call, "dim0", 0)),
             b = static_cast<std::size_t>(axis(t, call, "dim1", 1));
  if (a >= order.size() || b >= order.size()) refuse("transposes axes that its input does not have");
  std::swap(order[a], order[b]);
  t.emit(call, "Transpose", {t.tensor(call, "self")}).attributes = {attribute("perm", order)};
}

void expand(Translator& t, const Call& call) {
  Integers64 to = t.integers(call, "size");
  for (std::int64_t& extent : to) extent = extent == -1 ? 1 : extent;
  t.emit(call, "Expand", {t.tensor(call, "self"), t.constant(to)});
}

void repeat(Translator& t, const Call& call) {
  t.emit(call, "Tile", {t.tensor(call, "self"), t.extents(call, "repeats")});
}

void pixel_shuffle(Translator& t, const Call& call) {
  t.emit(call, "DepthToSpace", {t.tensor(call, "self")}).attributes = {
      attribute("blocksize", t.integer(call, "upscale_factor", 0)), attribute("mode", "CRD")};
}

void pixel_unshuffle(Translator& t, const Call& call) {
  t.emit(call, "SpaceToDepth", {t.tensor(call, "self")}).attributes = {
      attribute("blocksize", t.integer(call, "downscale_factor", 0)), attribute("mode", "CRD")};
}

void channel_shuffle(Translator& t, const Call& call) {
  const std::string_view places = shape_of(t, call, 2, 4), batch = t.constant(Integers64{0});
  const std::string_view apart =
      joined(t, call, {batch, t.constant(Integers64{t.integer(call, "groups", 1), -1}), places});
  const std::string_view groups = t.intermediate(call, "Reshape", {t.tensor(call, "self"), apart});
  const std::string_view swapped =
      t.intermediate(call, "Transpose", {groups}, {attribute("perm", Integers64{0, 2, 1, 3, 4})});
  t.emit(call, "Reshape", {swapped, joined(t, call, {batch, t.constant(Integers64{-1}), places})});
}

void extent(Translator& t, const Call& call) {
  const std::string_view all = t.intermediate(call, "Shape", {t.tensor(call, "self")});
  t.emit(call, "Gather", {all, t.constant(t.integer(call, "dim", 0))}).attributes = {along(0)};
}

/// Of two integers, which Python calls a and b.
template <const char* kOp>
void integers_of(Translator& t, const Call& call) {
  if (call.arguments.size() != 2) refuse("combines ", call.arguments.size(), " integers, two were expected");
  t.emit(call, kOp, {t.operand(call, call.arguments[0].first), t.operand(call, call.arguments[1].first)});
}
constexpr char kAdd[] = "Add", kSub[] = "Sub", kMul[] = "Mul", kDiv[] = "Div", kMod[] = "Mod";

}  // namespace

const Operators& moving_operators() {
  static const Operators table{{"contiguous", identity},
                               {"clone", identity},
                               {"alias", identity},
                               {"detach", identity},
                               {"lift_fresh_copy", identity},
                               {"dropout", identity},
                               {"feature_dropout", identity},
                               {"alpha_dropout", identity},
                               {"native_dropout", identity},
                               {"to", convert},
                               {"_to_copy", convert},
                               {"flatten", flatten},
                               {"unflatten", unflatten},
                               {"view", view},
                               {"_unsafe_view", view},
                               {"reshape", view},
                               {"squeeze", squeeze},
                               {"unsqueeze", unsqueeze},
                               {"slice", slice},
                               {"select", select},
                               {"chunk", chunk},
                               {"split", split},
                               {"split_with_sizes", split},
                               {"unbind", unbind},
                               {"permute", permute},
                               {"transpose", transpose},
                               {"t", transpose},
                               {"numpy_T", transpose},
                               {"expand", expand},
                               {"repeat", repeat},
                               {"pixel_shuffle", pixel_shuffle},
                               {"pixel_unshuffle", pixel_unshuffle},
                               {"channel_shuffle", channel_shuffle},
                               {"sym_size", extent},
                               {"_operator.add", integers_of<kAdd>},
                               {"_operator.sub", integers_of<kSub>},
                               {"_operator.mul", integers_of<kMul>},
                               {"_operator.floordiv", integers_of<kDiv>},
                               {"_operator.mod", integers_of<kMod>}};
  return table;
}

}  // namespace zsq::pt2
