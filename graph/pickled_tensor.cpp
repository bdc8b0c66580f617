#include "graph/pickled_tensor.h"

#include <algorithm>
#include <array>
#include <utility>

#include "graph/check.h"

namespace zsq {
namespace {

using Kind = PickleObject::Kind;
using Extents = std::vector<std::int64_t>;

bool is_call(const PickleObject& o, std::string_view name) {
  return o.is(Kind::call) && o.callee->is(Kind::global) && o.callee->text == name &&
         o.arguments->is(Kind::tuple);
}

const PickleObject* argument(const PickleObject& call, std::size_t i) {
  return i < call.arguments->items.size() ? call.arguments->items[i] : nullptr;
}

/// The tensor that a parameter wraps.
const PickleObject& unwrapped(const PickleObject& object) {
  constexpr int kMost = 4;  // a hostile pickle may wrap itself
  const PickleObject* tensor = &object;
  for (int i = 0; i < kMost && is_call(*tensor, "torch._utils._rebuild_parameter"); ++i) {
    const PickleObject* inner = argument(*tensor, 0);
    if (inner == nullptr) break;
    tensor = inner;
  }
  return *tensor;
}

}  // namespace

std::optional<DType> dtype_of_storage(std::string_view global) {
  using Name = std::pair<std::string_view, DType>;
  constexpr std::array<Name, 9> kNames{{{"torch.DoubleStorage", DType::f64},
                                        {"torch.FloatStorage", DType::f32},
                                        {"torch.HalfStorage", DType::f16},
                                        {"torch.BFloat16Storage", DType::bf16},
                                        {"torch.LongStorage", DType::i64},
                                        {"torch.IntStorage", DType::i32},
                                        {"torch.ShortStorage", DType::i16},
                                        {"torch.CharStorage", DType::i8},
                                        {"torch.ByteStorage", DType::u8}}};
  if (global == "torch.BoolStorage") return DType::boolean;
  const auto found = std::ranges::find(kNames, global, &Name::first);
  return found == kNames.end() ? std::nullopt : std::optional(found->second);
}

PickledTensors::PickledTensors(const Storages& storages, std::size_t file_bytes, std::string who)
    : storages_(storages), budget_(std::uint64_t{file_bytes} + (1U << 20U)), who_(std::move(who)) {}

void PickledTensors::need(bool ok, const auto&... parts) const {
  check(ok, Fault::model, who_, " is damaged or incomplete: ", parts..., "; fetch or save it again");
}

bool PickledTensors::is_tensor(const PickleObject& object) {
  const PickleObject& tensor = unwrapped(object);
  return is_call(tensor, "torch._utils._rebuild_tensor_v2") ||
         is_call(tensor, "torch._utils._rebuild_tensor");
}

std::optional<StateTensor> PickledTensors::read(const PickleObject& object) {
  if (!is_tensor(object)) return std::nullopt;
  const PickleObject& tensor = unwrapped(object);
  need(tensor.arguments->items.size() >= 4, "a tensor is described by too few values");
  const PickleObject& offset = *argument(tensor, 1);
  need(offset.is(Kind::integer) && offset.integer >= 0, "a tensor begins at no number");
  return gather(storage(*argument(tensor, 0)),
                {integers(*argument(tensor, 2)), integers(*argument(tensor, 3)), offset.integer});
}

/// From the persistent id ("storage", type, key, device, number of elements, ...).
PickledTensors::Storage PickledTensors::storage(const PickleObject& object) const {
  need(
      object.is(Kind::persistent) && object.arguments->is(Kind::tuple) && object.arguments->items.size() >= 5,
      "a tensor has no storage");
  const auto& id = object.arguments->items;
  const auto dtype = dtype_of_storage(id[1]->text);
  need(dtype.has_value(), "a tensor is of type ", id[1]->text, ", which zsq does not read");
  const auto found = storages_.find(id[2]->text);
  need(found != storages_.end(), "the values of storage '", id[2]->text, "' are missing");
  need(found->second.size() % bytes_of(*dtype) == 0, "storage '", id[2]->text, "' has ", found->second.size(),
       " bytes");
  return {*dtype, found->second};
}

Extents PickledTensors::integers(const PickleObject& tuple) const {
  need(tuple.is(Kind::tuple) && tuple.items.size() <= 16, "a tensor's extents are no list");
  std::vector<std::int64_t> out;
  for (const PickleObject* item : tuple.items) {
    need(item->is(Kind::integer) && item->integer >= 0, "a tensor's extents are not integers from 0 up");
    out.push_back(item->integer);
  }
  return out;
}

StateTensor PickledTensors::gather(const Storage& storage, const Strided& tensor) {
  need(tensor.dims.size() == tensor.strides.size(), "a tensor has ", tensor.dims.size(), " extents and ",
       tensor.strides.size(), " strides");
  const std::size_t width = bytes_of(storage.dtype);
  const auto total = count_within(tensor, static_cast<std::int64_t>(storage.bytes.size() / width));
  need(total.has_value(), "a tensor reaches beyond its storage");
  need(static_cast<std::uint64_t>(*total) <= budget_, "its tensors have more values than the file can hold");
  budget_ -= static_cast<std::uint64_t>(*total);
  return {tensor.dims, to_floats(storage.dtype, row_major(storage.bytes, width, tensor, *total))};
}

}  // namespace zsq
