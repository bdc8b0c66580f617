#include "graph/pt2/archive.h"

#include <algorithm>
#include <array>

#include "graph/check.h"
#include "graph/pt2/json_reader.h"
#include "graph/strided.h"

namespace zsq::pt2 {
namespace {

constexpr const char* kSaveAgain =
    "; load it with the PyTorch that wrote it and save it with torch.export.save of PyTorch 2.9 or newer";

/// A file by its path below the archive's one folder, whatever that is called.
const ZipEntry* find(const Files& files, std::string_view path) {
  for (const auto& [name, entry] : files) {
    const std::size_t folder = name.find('/');
    if (folder != std::string::npos && std::string_view(name).substr(folder + 1) == path) return &entry;
  }
  return nullptr;
}

/// ScalarType of the schema.
std::optional<DType> dtype_of(std::int64_t type) {
  constexpr std::array<std::pair<std::int64_t, DType>, 10> kTypes{{{1, DType::u8},
                                                                   {2, DType::i8},
                                                                   {3, DType::i16},
                                                                   {4, DType::i32},
                                                                   {5, DType::i64},
                                                                   {6, DType::f16},
                                                                   {7, DType::f32},
                                                                   {8, DType::f64},
                                                                   {12, DType::boolean},
                                                                   {13, DType::bf16}}};
  const auto found = std::ranges::find(kTypes, type, &std::pair<std::int64_t, DType>::first);
  return found == kTypes.end() ? std::nullopt : std::optional(found->second);
}

class ArchiveReader {
 public:
  ArchiveReader(std::string_view bytes, const std::string& who)
      : who_(who), in_(who), files_(parse_zip(bytes, who)), budget_(bytes.size() + (std::size_t{1} << 20U)) {}

  Archive read() {
    for (const char* old : {"serialized_exported_program.json", "serialized_state_dict.pt"})
      check(!files_.contains(old) && find(files_, old) == nullptr, Fault::unsupported, who_,
            " is a torch.export archive in the layout before PyTorch 2.8", kSaveAgain);
    check_byte_order();
    const std::string model = model_name();
    Archive archive{.program = content("models/" + model + ".json"), .tensors = {}};
    for (const std::string folder : {"data/weights/", "data/constants/"}) {
      const std::string kind = folder == "data/weights/" ? "_weights_config.json" : "_constants_config.json";
      check(find(files_, folder + model + ".pt") == nullptr, Fault::unsupported, who_,
            " is a torch.export archive whose weights are pickled, as PyTorch 2.8 wrote them", kSaveAgain);
      const json config = in_.parse(content(folder + model + kind), folder + model + kind);
      const json& entries = in_.member(config, "config");
      in_.need(entries.is_object(), "'config' is no object");
      for (const auto& [name, entry] : entries.items())
        if (auto read = tensor(folder, name, entry)) archive.tensors.insert_or_assign(name, *std::move(read));
    }
    return archive;
  }

 private:
  std::string_view content(const std::string& path) const {
    const ZipEntry* entry = find(files_, path);
    in_.need(entry != nullptr, path.substr(0, 200), " is missing");
    in_.need(!entry->compressed, path.substr(0, 200), " is compressed, which PyTorch never does");
    return entry->bytes;
  }

  void check_byte_order() const {
    const ZipEntry* order = find(files_, "byteorder");
    check(order == nullptr || order->bytes.starts_with("little"), Fault::unsupported, who_,
          " was written on a big-endian machine, which zsq does not read; save it on a little-endian one");
  }

  /// Of the one model; archives may hold several.
  std::string model_name() const {
    std::vector<std::string> names;
    for (const auto& [name, entry] : files_) {
      const std::size_t at = name.find("/models/");
      if (at == std::string::npos || !name.ends_with(".json")) continue;
      names.push_back(name.substr(at + 8, name.size() - at - 13));
    }
    in_.need(!names.empty(), "it holds no program under models/");
    check(names.size() == 1, Fault::unsupported, who_, " holds ", names.size(),
          " models; zsq reads archives of one, so save it alone");
    return names.front();
  }

  std::vector<std::int64_t> extents(const json& meta, const char* key) const {
    std::vector<std::int64_t> all;
    for (const json& extent : in_.list(meta, key)) {
      all.push_back(in_.integer(in_.member(extent, "as_int")));
      in_.need(all.back() >= 0, "a tensor has an extent or a stride of ", all.back());
    }
    return all;
  }

  std::optional<onnx::Tensor> tensor(const std::string& folder, const std::string& name, const json& entry) {
    const json& pickled = in_.member(entry, "use_pickle");
    const std::string shown = name.substr(0, 100);
    if (entry.find("tensor_meta") == entry.end() || entry["tensor_meta"].is_null()) return std::nullopt;
    check(pickled.is_boolean() && !pickled.get<bool>(), Fault::unsupported, who_, " holds '", shown,
          "' as a pickle, as of tensors that are no plain ones; save the model with plain parameters");
    const json& meta = entry["tensor_meta"];
    const auto dtype = dtype_of(in_.integer(in_.member(meta, "dtype")));
    check(dtype.has_value(), Fault::unsupported, who_, " holds '", shown,
          "' in a type that zsq does not read; floats and integers are supported");
    const Strided place{extents(meta, "sizes"), extents(meta, "strides"),
                        in_.integer(in_.member(in_.member(meta, "storage_offset"), "as_int"))};
    in_.need(place.dims.size() == place.strides.size() && place.offset >= 0, "'", shown,
             "' has other extents than strides");
    const std::string_view storage = content(folder + in_.text(in_.member(entry, "path_name")));
    const std::size_t width = bytes_of(*dtype);
    const auto count = count_within(place, static_cast<std::int64_t>(storage.size() / width));
    in_.need(count.has_value(), "'", shown, "' reaches beyond its bytes");
    onnx::Tensor made{*dtype, place.dims, {}, {}};
    if (*count > 0 && is_contiguous(place)) {
      made.bytes = storage.substr(static_cast<std::size_t>(place.offset) * width,
                                  static_cast<std::size_t>(*count) * width);
      return made;
    }
    in_.need(static_cast<std::uint64_t>(*count) <= budget_, "its tensors have more values than the file");
    budget_ -= static_cast<std::size_t>(*count);
    made.own = std::make_shared<std::string>(row_major(storage, width, place, *count));
    made.bytes = *made.own;
    return made;
  }

  const std::string& who_;
  JsonReader in_;
  Files files_;
  std::size_t budget_;  // values that may still be copied
};

}  // namespace

bool is_exported_program(const Files& files) {
  return std::ranges::any_of(files, [](const auto& f) {
    return f.first.ends_with("archive_format") || f.first.find("serialized_exported_program.json") == 0 ||
           f.first.find("/models/") != std::string::npos;
  });
}

Archive open_archive(std::string_view bytes, const std::string& who) {
  return ArchiveReader(bytes, who).read();
}

}  // namespace zsq::pt2
