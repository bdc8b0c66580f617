#include "graph/checkpoint.h"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <optional>
#include <utility>

#include "graph/byte_reader.h"
#include "graph/dtype.h"
#include "graph/pickle.h"
#include "graph/safetensors.h"
#include "graph/zip.h"

namespace zsq {
namespace {

using Kind = PickleObject::Kind;

constexpr std::string_view kLegacyMagic("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.", 15);
constexpr int kMaxNesting = 4;

struct Storage {
  DType dtype = DType::f32;
  std::string_view bytes;
};
using Storages = std::map<std::string, std::string_view, std::less<>>;  // raw bytes by key

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

/// Turns what a pickle says about a tensor into its values.
class TensorReader {
 public:
  TensorReader(const Storages& storages, std::size_t file_bytes, const std::string& who)
      : storages_(storages), budget_(2 * file_bytes + (1U << 20U)), who_(who) {}

  /// Nothing where the object is no tensor.
  std::optional<StateTensor> read(const PickleObject& object) {
    const PickleObject* tensor = &object;
    for (int i = 0;
         i < kMaxNesting && is_call(*tensor, "torch._utils._rebuild_parameter") && argument(*tensor, 0); ++i)
      tensor = argument(*tensor, 0);
    if (!is_call(*tensor, "torch._utils._rebuild_tensor_v2") &&
        !is_call(*tensor, "torch._utils._rebuild_tensor"))
      return std::nullopt;
    need(tensor->arguments->items.size() >= 4, "a tensor is described by too few values");
    const Storage storage = this->storage(*argument(*tensor, 0));
    const PickleObject& offset = *argument(*tensor, 1);
    need(offset.is(Kind::integer) && offset.integer >= 0, "a tensor begins at no number");
    return gather(storage, offset.integer, integers(*argument(*tensor, 2)), integers(*argument(*tensor, 3)));
  }

 private:
  void need(bool ok, const auto&... parts) const {
    check(ok, Fault::model, who_, " is damaged or incomplete: ", parts..., "; fetch or save it again");
  }

  static bool is_call(const PickleObject& o, std::string_view name) {
    return o.is(Kind::call) && o.callee->is(Kind::global) && o.callee->text == name &&
           o.arguments->is(Kind::tuple);
  }

  static const PickleObject* argument(const PickleObject& call, std::size_t i) {
    return i < call.arguments->items.size() ? call.arguments->items[i] : nullptr;
  }

  /// From the persistent id ("storage", type, key, device, number of elements, ...).
  Storage storage(const PickleObject& object) const {
    need(object.is(Kind::persistent) && object.arguments->is(Kind::tuple) &&
             object.arguments->items.size() >= 5,
         "a tensor has no storage");
    const auto& id = object.arguments->items;
    const auto dtype = dtype_of_storage(id[1]->text);
    need(dtype.has_value(), "a tensor is of type ", id[1]->text, ", which zsq does not read");
    const auto found = storages_.find(id[2]->text);
    need(found != storages_.end(), "the values of storage '", id[2]->text, "' are missing");
    need(found->second.size() % bytes_of(*dtype) == 0, "storage '", id[2]->text, "' has ",
         found->second.size(), " bytes");
    return {*dtype, found->second};
  }

  std::vector<std::int64_t> integers(const PickleObject& tuple) const {
    need(tuple.is(Kind::tuple) && tuple.items.size() <= 16, "a tensor's extents are no list");
    std::vector<std::int64_t> out;
    for (const PickleObject* item : tuple.items) {
      need(item->is(Kind::integer) && item->integer >= 0, "a tensor's extents are not integers from 0 up");
      out.push_back(item->integer);
    }
    return out;
  }

  /// The elements in row-major order: the first one, then along the last extent first.
  StateTensor gather(const Storage& storage, std::int64_t offset, const std::vector<std::int64_t>& dims,
                     const std::vector<std::int64_t>& strides) {
    need(dims.size() == strides.size(), "a tensor has ", dims.size(), " extents and ", strides.size(),
         " strides");
    const std::size_t width = bytes_of(storage.dtype);
    const auto available = static_cast<std::int64_t>(storage.bytes.size() / width);
    std::int64_t count = 1, last = offset;
    for (std::size_t i = 0; i < dims.size(); ++i) {
      if (dims[i] == 0) return {dims, {}};
      const bool fits = dims[i] <= std::max<std::int64_t>(available, 1) && strides[i] <= available &&
                        count <= std::numeric_limits<std::int64_t>::max() / dims[i];
      need(fits && (dims[i] == 1 || strides[i] <= available / (dims[i] - 1)),
           "a tensor reaches beyond its storage");
      count *= dims[i];
      last += (dims[i] - 1) * strides[i];
      need(last < available, "a tensor reaches beyond its storage");
    }
    need(last < available, "a tensor reaches beyond its storage");
    need(static_cast<std::uint64_t>(count) <= budget_, "its tensors have more values than the file can hold");
    budget_ -= static_cast<std::uint64_t>(count);
    std::string bytes;
    bytes.reserve(static_cast<std::size_t>(count) * width);
    std::vector<std::int64_t> at(dims.size());
    std::int64_t position = offset;
    for (std::int64_t i = 0; i < count; ++i) {
      bytes += storage.bytes.substr(static_cast<std::size_t>(position) * width, width);
      for (std::size_t d = dims.size(); d > 0; --d) {
        position += strides[d - 1];
        if (++at[d - 1] < dims[d - 1]) break;
        position -= strides[d - 1] * dims[d - 1];
        at[d - 1] = 0;
      }
    }
    return {dims, to_floats(storage.dtype, bytes)};
  }

  const Storages& storages_;
  std::uint64_t budget_;  // values that may still be made: shared storages are fine, bombs are not
  const std::string& who_;
};

[[noreturn]] void refuse_module(const std::string& who, const std::string& type) {
  fail(Fault::model, who, " holds a whole pickled module (", type,
       "), which only the Python code that made it can read; save torch.jit.trace(model, example) or "
       "model.state_dict()");
}

/// The dict of tensors, wherever it is nested.
const PickleObject& find_state(const PickleObject& root, TensorReader& reader, const std::string& who,
                               int depth = 0) {
  const bool ordered = root.is(Kind::call) && root.callee->text == "collections.OrderedDict";
  if (root.is(Kind::call) && !ordered) refuse_module(who, root.callee->text.substr(0, 80));
  for (const auto& [name, value] : root.entries)
    if (name->is(Kind::text) && value->is(Kind::call) && reader.read(*value)) return root;
  for (const char* key :
       {"state_dict", "model_state_dict", "model", "net", "network", "module", "model_state", "params"})
    if (const PickleObject* inner = root.find(key); inner != nullptr && depth < kMaxNesting)
      return find_state(*inner, reader, who, depth + 1);
  fail(Fault::model, who,
       " holds no tensors by name; a state dict was needed, as torch.save(model.state_dict(), file) writes "
       "it");
}

StateDict tensors_of(const PickleObject& root, const Storages& storages, std::size_t file_bytes,
                     const std::string& who) {
  TensorReader finder(storages, file_bytes, who), reader(storages, file_bytes, who);
  StateDict out;
  for (const auto& [name, value] : find_state(root, finder, who).entries)
    if (name->is(Kind::text))
      if (auto tensor = reader.read(*value)) out.insert_or_assign(name->text, *std::move(tensor));
  return out;
}

StateDict read_zip(std::string_view bytes, const std::string& who) {
  Storages storages;
  const std::string_view* pickle = nullptr;
  const auto files = parse_zip(bytes, who);
  for (const auto& [name, entry] : files) {
    const std::size_t folder = name.find('/');
    const std::string_view inside =
        std::string_view(name).substr(folder == std::string::npos ? 0 : folder + 1);
    const bool is_pickle = inside == "data.pkl", is_storage = inside.starts_with("data/");
    check(!(is_pickle || is_storage) || !entry.compressed, Fault::model, who, " has been packed anew: ", name,
          " is compressed, which PyTorch never does; use the file as torch.save wrote it");
    if (is_pickle) pickle = &entry.bytes;
    if (is_storage) storages.emplace(inside.substr(5), entry.bytes);
  }
  check(pickle != nullptr, Fault::model, who,
        " is a zip archive without data.pkl; a file that torch.save wrote was needed");
  return tensors_of(Pickle(*pickle, who).root(), storages, bytes.size(), who);
}

/// Five pickles (magic number, version, system, the object, keys of its storages), then the storages.
StateDict read_legacy(std::string_view bytes, const std::string& who) {
  ByteReader in(bytes, who);
  const auto next = [&]() {
    Pickle pickle(bytes.substr(in.position()), who);
    in.take(pickle.bytes());
    return pickle;
  };
  next();
  next();
  next();
  const Pickle object = next(), keys = next();
  std::map<std::string, DType, std::less<>> types;
  // A storage does not say its own type here; the persistent ids do. Walk what the object refers to.
  std::vector<const PickleObject*> open{&object.root()};
  std::map<const PickleObject*, bool> seen;
  while (!open.empty()) {
    const PickleObject* o = open.back();
    open.pop_back();
    if (o == nullptr || std::exchange(seen[o], true)) continue;
    if (o->is(Kind::persistent) && o->arguments->is(Kind::tuple) && o->arguments->items.size() >= 5)
      if (const auto dtype = dtype_of_storage(o->arguments->items[1]->text))
        types.emplace(o->arguments->items[2]->text, *dtype);
    for (const PickleObject* item : o->items) open.push_back(item);
    for (const auto& [name, value] : o->entries) open.push_back(value);
    for (const PickleObject* part : {o->arguments, o->state}) open.push_back(part);
  }
  Storages storages;
  for (const PickleObject* key : keys.root().items) {
    const auto count = in.number<std::int64_t>();
    const auto type = types.find(key->text);
    in.need(type != types.end() && count >= 0 && static_cast<std::uint64_t>(count) <= in.left(), "storage '",
            key->text, "' is not described");
    storages.emplace(key->text, in.take(static_cast<std::uint64_t>(count) * bytes_of(type->second)));
  }
  return tensors_of(object.root(), storages, bytes.size(), who);
}

StateDict read_safetensors(std::string_view bytes, const std::string& who) {
  StateDict out;
  for (const auto& [name, tensor] : parse_safetensors(bytes, who).tensors)
    out.emplace(name, StateTensor{tensor.dims, to_floats(tensor.dtype, tensor.bytes)});
  check(!out.empty(), Fault::model, who, " holds no tensors");
  return out;
}

/// Takes off what DataParallel, torch.compile and Lightning put before every name.
StateDict without_prefixes(StateDict state) {
  for (bool changed = true; changed;) {
    changed = false;
    for (const std::string_view prefix : {"module.", "model.", "_orig_mod.", "net."}) {
      if (!std::ranges::all_of(state, [&](const auto& item) {
            return item.first.size() > prefix.size() && item.first.starts_with(prefix);
          }))
        continue;
      StateDict shorter;
      for (auto& [name, tensor] : state) shorter.emplace(name.substr(prefix.size()), std::move(tensor));
      state = std::move(shorter);
      changed = true;
    }
  }
  return state;
}

}  // namespace

StateDict read_state_dict(std::string_view bytes, CheckpointKind kind, const std::string& who) {
  switch (kind) {
    case CheckpointKind::zip: return without_prefixes(read_zip(bytes, who));
    case CheckpointKind::legacy: return without_prefixes(read_legacy(bytes, who));
    case CheckpointKind::safetensors: return without_prefixes(read_safetensors(bytes, who));
  }
  return {};
}

bool is_legacy_checkpoint(std::string_view bytes) { return bytes.starts_with(kLegacyMagic); }

}  // namespace zsq
