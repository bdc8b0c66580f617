#include "graph/safetensors.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <optional>

#include <nlohmann/json.hpp>

#include "graph/json_guard.h"

namespace zsq {
namespace {

using nlohmann::json;

constexpr std::size_t kLengthBytes = 8;
// The format allows 100 MB, of which parsing makes gigabytes; ten thousand tensors take one.
constexpr std::size_t kMaxHeader = std::size_t{16} << 20U;
constexpr const char* kMetadata = "__metadata__";

/// Bytes of a tensor of these extents, or nothing where an extent is negative or the product too large.
std::optional<std::uint64_t> byte_count(DType dtype, const std::vector<std::int64_t>& dims) {
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  std::uint64_t count = bytes_of(dtype);
  for (const std::int64_t extent : dims) {
    if (extent < 0) return std::nullopt;
    const auto factor = static_cast<std::uint64_t>(extent);
    if (factor != 0 && count > kMax / factor) return std::nullopt;
    count *= factor;
  }
  return count;
}

class Reader {
 public:
  Reader(std::string_view bytes, const std::string& who, Fault fault)
      : bytes_(bytes), who_(who), fault_(fault) {}

  SafeTensors read() {
    const json header = parse_header();
    need(header.is_object(), "its header is not a JSON object");
    SafeTensors content;
    for (const auto& [name, value] : header.items()) {
      if (name == kMetadata)
        content.metadata = metadata(value);
      else
        content.tensors.emplace(name, tensor(name, value));
    }
    check_cover(content);
    return content;
  }

 private:
  void need(bool ok, const auto&... parts) const {
    check(ok, fault_, who_, " is not a sound safetensors file: ", parts...,
          "; the file may be damaged or incomplete, fetch it again");
  }

  json parse_header() {
    need(bytes_.size() >= kLengthBytes, "it has only ", bytes_.size(), " bytes");
    std::uint64_t length = 0;
    std::memcpy(&length, bytes_.data(), kLengthBytes);
    need(length <= kMaxHeader && length <= bytes_.size() - kLengthBytes, "its header claims ", length,
         " bytes of ", bytes_.size());
    const std::string_view text = bytes_.substr(kLengthBytes, length);
    body_ = bytes_.substr(kLengthBytes + length);
    const JsonGuard guard(4, [&](const std::string& what) { need(false, "its header ", what); });
    try {
      return json::parse(text, guard);
    } catch (const json::exception&) {
      need(false, "its header is not valid JSON");
    }
    return {};
  }

  std::map<std::string, std::string, std::less<>> metadata(const json& value) const {
    need(value.is_object(), "its ", kMetadata, " is not an object");
    std::map<std::string, std::string, std::less<>> out;
    for (const auto& [key, text] : value.items()) {
      need(text.is_string(), "its ", kMetadata, " '", key, "' is not a string");
      out.emplace(key, text.get<std::string>());
    }
    return out;
  }

  /// A list of integers that are not negative, under that key.
  std::vector<std::int64_t> integers(const std::string& name, const json& value, const char* key) const {
    const auto found = value.find(key);
    need(found != value.end() && found->is_array() && found->size() <= 64, "tensor '", name,
         "' has no list '", key, "'");
    std::vector<std::int64_t> out;
    for (const json& item : *found) {
      need(item.is_number_unsigned() && item.get<std::uint64_t>() <= std::numeric_limits<std::int64_t>::max(),
           "'", key, "' of tensor '", name, "' holds ",
           item.dump(-1, ' ', true, json::error_handler_t::replace));
      out.push_back(item.get<std::int64_t>());
    }
    return out;
  }

  SafeTensor tensor(const std::string& name, const json& value) const {
    need(value.is_object(), "tensor '", name, "' is not described by an object");
    const auto found = value.find("dtype");
    need(found != value.end() && found->is_string(), "tensor '", name, "' has no dtype");
    const auto dtype = dtype_named(found->get<std::string>());
    need(dtype.has_value(), "tensor '", name, "' is of type ", found->get<std::string>(),
         ", which zsq does not read");
    const std::vector<std::int64_t> dims = integers(name, value, "shape");
    const std::vector<std::int64_t> range = integers(name, value, "data_offsets");
    const auto count = byte_count(*dtype, dims);
    need(range.size() == 2 && range[0] <= range[1] && static_cast<std::uint64_t>(range[1]) <= body_.size(),
         "the bytes of tensor '", name, "' lie outside the file");
    const auto begin = static_cast<std::size_t>(range[0]),
               size = static_cast<std::size_t>(range[1] - range[0]);
    need(count == size, "tensor '", name, "' has ", size, " bytes, which do not fit its shape");
    return {*dtype, dims, body_.substr(begin, size)};
  }

  /// The format has neither overlaps nor holes; either could hide what another reader would see.
  void check_cover(const SafeTensors& content) const {
    std::vector<std::string_view> ranges;
    for (const auto& [name, tensor] : content.tensors) ranges.push_back(tensor.bytes);
    std::ranges::sort(ranges, {}, [](std::string_view r) { return std::pair(r.data(), r.size()); });
    const char* end = body_.data();
    for (const std::string_view range : ranges) {
      need(range.data() == end, "its tensors overlap or leave a hole");
      end = range.data() + range.size();
    }
    need(end == body_.data() + body_.size(), "bytes follow its last tensor");
  }

  std::string_view bytes_, body_;
  const std::string& who_;
  Fault fault_;
};

}  // namespace

const SafeTensor& SafeTensors::at(std::string_view name, const std::string& who) const {
  const auto found = tensors.find(name);
  check(found != tensors.end(), Fault::model, who, " has no tensor '", name, "'");
  return found->second;
}

SafeTensors parse_safetensors(std::string_view bytes, const std::string& who, Fault fault) {
  return Reader(bytes, who, fault).read();
}

std::string encode_safetensors(const SafeTensors& content) {
  std::vector<std::pair<const std::string*, const SafeTensor*>> order;
  for (const auto& [name, tensor] : content.tensors) order.emplace_back(&name, &tensor);
  // Wide elements first, so that every tensor is aligned without holes.
  std::ranges::stable_sort(order, std::ranges::greater{},
                           [](const auto& t) { return bytes_of(t.second->dtype); });

  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!content.metadata.empty()) {
    auto& metadata = header[kMetadata] = nlohmann::ordered_json::object();
    for (const auto& [key, text] : content.metadata) metadata[key] = text;
  }
  std::size_t offset = 0;
  for (const auto& [name, tensor] : order) {
    assert(byte_count(tensor->dtype, tensor->dims) == tensor->bytes.size());
    header[*name] = {{"dtype", name_of(tensor->dtype)},
                     {"shape", tensor->dims},
                     {"data_offsets", {offset, offset + tensor->bytes.size()}}};
    offset += tensor->bytes.size();
  }
  std::string text = header.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  text.resize((text.size() + 7) / 8 * 8, ' ');

  const std::uint64_t length = text.size();
  std::string bytes(reinterpret_cast<const char*>(&length), kLengthBytes);
  bytes.reserve(bytes.size() + text.size() + offset);
  bytes += text;
  for (const auto& [name, tensor] : order) bytes += tensor->bytes;
  return bytes;
}

}  // namespace zsq
