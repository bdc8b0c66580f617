#include "graph/checkpoint.h"

#include <algorithm>
#include <set>

#include "graph/byte_reader.h"
#include "graph/pickle.h"
#include "graph/pickled_tensor.h"
#include "graph/safetensors.h"
#include "graph/zip.h"

namespace zsq {
namespace {

using Kind = PickleObject::Kind;

constexpr std::string_view kLegacyMagic("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.", 15);
constexpr int kMaxNesting = 4;
constexpr int kMaxPrefixes = 8;  // each costs a pass over all names, which may be as long as the file

[[noreturn]] void refuse_module(const std::string& who, const std::string& type) {
  fail(Fault::model, who, " holds a whole pickled module (", type,
       "), which only the Python code that made it can read; save torch.jit.trace(model, example) or "
       "model.state_dict()");
}

/// The dict of tensors, wherever it is nested.
const PickleObject& find_state(const PickleObject& root, const std::string& who, int depth = 0) {
  const bool ordered = root.is(Kind::call) && root.callee->text == "collections.OrderedDict";
  if (root.is(Kind::call) && !ordered) refuse_module(who, root.callee->text.substr(0, 80));
  for (const auto& [name, value] : root.entries)
    if (name->is(Kind::text) && PickledTensors::is_tensor(*value)) return root;
  for (const char* key :
       {"state_dict", "model_state_dict", "model", "net", "network", "module", "model_state", "params"})
    if (const PickleObject* inner = root.find(key); inner != nullptr && depth < kMaxNesting)
      return find_state(*inner, who, depth + 1);
  fail(Fault::model, who,
       " holds no tensors by name; a state dict was needed, as torch.save(model.state_dict(), file) writes "
       "it");
}

StateDict tensors_of(const PickleObject& root, const Storages& storages, std::size_t file_bytes,
                     const std::string& who) {
  PickledTensors reader(storages, file_bytes, who);
  StateDict out;
  for (const auto& [name, value] : find_state(root, who).entries)
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

/// The element types of the storages that an object refers to: in the legacy format only the ids know them.
std::map<std::string, DType, std::less<>> storage_types(const PickleObject& root) {
  std::map<std::string, DType, std::less<>> types;
  std::vector<const PickleObject*> open{&root};
  std::set<const PickleObject*> seen{nullptr};
  while (!open.empty()) {
    const PickleObject* o = open.back();
    open.pop_back();
    if (!seen.insert(o).second) continue;
    if (o->is(Kind::persistent) && o->arguments->is(Kind::tuple) && o->arguments->items.size() >= 5)
      if (const auto dtype = dtype_of_storage(o->arguments->items[1]->text))
        types.emplace(o->arguments->items[2]->text, *dtype);
    open.insert(open.end(), o->items.begin(), o->items.end());
    for (const auto& [name, value] : o->entries) open.push_back(value);
    open.insert(open.end(), {o->arguments, o->state});
  }
  return types;
}

/// Five pickles (magic number, version, system, the object, keys of its storages), then the storages.
StateDict read_legacy(std::string_view bytes, const std::string& who) {
  ByteReader in(bytes, who);
  const auto next = [&]() {
    Pickle pickle(bytes.substr(in.position()), who);
    in.take(pickle.bytes());
    return pickle;
  };
  for (int i = 0; i < 3; ++i) next();
  const Pickle object = next(), keys = next();
  const auto types = storage_types(object.root());
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
  bool changed = true;
  for (int i = 0; i < kMaxPrefixes && changed; ++i) {
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
