#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Builds checkpoint files byte by byte, as torch.save writes them, so that tests can also write what it
/// never would.
namespace zsq::checkpoint_bytes {

template <class T>
std::string raw(T value) {
  std::string out(sizeof value, '\0');
  std::memcpy(out.data(), &value, sizeof value);
  return out;
}

/// A zip archive of stored entries.
inline std::string zip(const std::vector<std::pair<std::string, std::string>>& files) {
  std::string body, directory;
  for (const auto& [name, content] : files) {
    const auto size = static_cast<std::uint32_t>(content.size());
    const auto name_size = static_cast<std::uint16_t>(name.size());
    const std::string common = raw(size) + raw(size) + raw(name_size) + raw(std::uint16_t{0});
    directory += std::string("PK\1\2") + std::string(12, '\0') + raw(0U) + common + std::string(10, '\0') +
                 raw(static_cast<std::uint32_t>(body.size())) + name;
    body += std::string("PK\3\4") + std::string(10, '\0') + raw(0U) + common + name + content;
  }
  const auto count = static_cast<std::uint16_t>(files.size());
  return body + directory + "PK\5\6" + raw(0U) + raw(count) + raw(count) +
         raw(static_cast<std::uint32_t>(directory.size())) + raw(static_cast<std::uint32_t>(body.size())) +
         raw(std::uint16_t{0});
}

inline std::string text(std::string_view s) {
  return std::string("X").append(raw(static_cast<std::uint32_t>(s.size()))).append(s);
}

inline std::string integer(std::int64_t value) { return std::string("\x8a\x08").append(raw(value)); }

inline std::string integers(const std::vector<std::int64_t>& values) {
  std::string out = "(";
  for (const std::int64_t v : values) out += integer(v);
  return out + "t";
}

struct Tensor {
  std::string name, storage_type = "FloatStorage", key = "0";
  std::vector<std::int64_t> dims, strides;
  std::int64_t offset = 0;
};

/// The call that rebuilds a tensor.
inline std::string rebuild(const Tensor& t) {
  return "ctorch._utils\n_rebuild_tensor_v2\n((" + text("storage") + "ctorch\n" + t.storage_type + "\n" +
         text(t.key) + text("cpu") + integer(1) + "tQ" + integer(t.offset) + integers(t.dims) +
         integers(t.strides) +
         "\x89"
         "ccollections\nOrderedDict\n)RtR";
}

inline std::string ordered_dict(const std::vector<Tensor>& tensors) {
  std::string out = "ccollections\nOrderedDict\n)R(";
  for (const Tensor& t : tensors) out += text(t.name) + rebuild(t);
  return out + "u";
}

inline std::string pickle(const std::string& content) { return "\x80\x02" + content + "."; }

inline std::string zip_checkpoint(const std::string& content, const std::string& storage) {
  return zip({{"a/data.pkl", pickle(content)}, {"a/data/0", storage}, {"a/version", "3\n"}});
}

/// The older format: magic number, version, system, content, keys of the storages; then the one storage.
inline std::string legacy_checkpoint(const std::string& content, const std::string& key, std::int64_t count,
                                     const std::string& storage) {
  const std::string magic("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.", 15);
  return magic + pickle(integer(1001)) + pickle("}") + pickle(content) + pickle("](" + text(key) + "e") +
         raw(count) + storage;
}

inline std::string floats(const std::vector<float>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)};
}

}  // namespace zsq::checkpoint_bytes
