#include "graph/zip.h"

#include <algorithm>
#include <cstdint>

#include "graph/byte_reader.h"

namespace zsq {
namespace {

constexpr std::size_t kEndBytes = 22, kLocatorBytes = 20, kMaxComment = 65535;
constexpr std::uint32_t kEnd = 0x06054b50, kLocator = 0x07064b50, kEnd64 = 0x06064b50, kCentral = 0x02014b50,
                        kLocal = 0x04034b50;
constexpr std::uint32_t kElsewhere = 0xFFFFFFFF;  // the number stands in a zip64 record

struct Directory {
  std::uint64_t entries = 0, offset = 0;
};

struct Entry {
  std::string name;
  std::uint64_t size = 0, offset = 0;
};

/// Where the end record begins: the last place where its signature stands.
std::size_t find_end(std::string_view bytes, const ByteReader& in) {
  in.need(bytes.size() >= kEndBytes, "it is too short for a zip archive");
  const std::size_t first = bytes.size() - std::min(bytes.size(), kEndBytes + kMaxComment);
  const std::size_t at = bytes.substr(first).rfind("PK\5\6", bytes.size() - kEndBytes - first);
  in.need(at != std::string_view::npos, "its zip directory is missing");
  return first + at;
}

Directory read_directory64(ByteReader& in, std::size_t end) {
  in.need(end >= kLocatorBytes, "its zip directory is missing");
  in.seek(end - kLocatorBytes);
  in.need(in.number<std::uint32_t>() == kLocator, "its zip64 directory is missing");
  in.number<std::uint32_t>();
  in.seek(in.number<std::uint64_t>());
  in.need(in.number<std::uint32_t>() == kEnd64, "its zip64 directory is missing");
  in.take(8 + 2 + 2 + 4 + 4 + 8);  // size of this record, versions, disks, entries on this disk
  Directory out;
  out.entries = in.number<std::uint64_t>();
  in.take(8);
  out.offset = in.number<std::uint64_t>();
  return out;
}

Directory read_directory(ByteReader& in, std::size_t end) {
  in.seek(end);
  in.take(4 + 2 + 2 + 2);  // signature, disks, entries on this disk
  Directory out;
  out.entries = in.number<std::uint16_t>();
  in.take(4);
  out.offset = in.number<std::uint32_t>();
  return out.entries == 0xFFFF || out.offset == kElsewhere ? read_directory64(in, end) : out;
}

/// The numbers that did not fit 32 bits stand in the zip64 extra field, in this order.
void read_extra(std::string_view extra, const std::string& who, Entry& entry, bool size, bool stored,
                bool offset) {
  ByteReader in(extra, who);
  while (in.left() >= 4) {
    const auto id = in.number<std::uint16_t>();
    ByteReader field(in.take(in.number<std::uint16_t>()), who);
    if (id != 1) continue;
    if (size) entry.size = field.number<std::uint64_t>();
    if (stored) in.need(field.number<std::uint64_t>() == entry.size, entry.name, " is compressed");
    if (offset) entry.offset = field.number<std::uint64_t>();
    return;
  }
  in.need(!size && !stored && !offset, "the size of ", entry.name, " is missing");
}

Entry read_entry(ByteReader& in, const std::string& who) {
  in.need(in.number<std::uint32_t>() == kCentral, "its zip directory is damaged");
  in.take(2 + 2 + 2);  // versions, flags
  const auto method = in.number<std::uint16_t>();
  in.take(2 + 2 + 4);  // time, date, checksum
  const auto stored = in.number<std::uint32_t>(), size = in.number<std::uint32_t>();
  const auto name_bytes = in.number<std::uint16_t>(), extra_bytes = in.number<std::uint16_t>(),
             comment_bytes = in.number<std::uint16_t>();
  in.take(2 + 2 + 4);  // disk, attributes
  Entry entry{{}, size, in.number<std::uint32_t>()};
  entry.name = in.take(name_bytes);
  in.need(method == 0 && stored == size, entry.name, " is compressed, which PyTorch never does");
  read_extra(in.take(extra_bytes), who, entry, size == kElsewhere, stored == kElsewhere,
             entry.offset == kElsewhere);
  in.take(comment_bytes);
  return entry;
}

std::string_view content(ByteReader& in, const Entry& entry) {
  in.seek(entry.offset);
  in.need(in.number<std::uint32_t>() == kLocal, "the entry ", entry.name, " is damaged");
  in.take(22);  // what the directory has said already
  const auto name_bytes = in.number<std::uint16_t>(), extra_bytes = in.number<std::uint16_t>();
  in.take(name_bytes);
  in.take(extra_bytes);
  return in.take(entry.size);
}

}  // namespace

std::map<std::string, std::string_view, std::less<>> parse_zip(std::string_view bytes,
                                                               const std::string& who) {
  ByteReader in(bytes, who), data(bytes, who);
  const Directory directory = read_directory(in, find_end(bytes, in));
  in.seek(directory.offset);
  std::map<std::string, std::string_view, std::less<>> files;
  for (std::uint64_t i = 0; i < directory.entries; ++i) {
    const Entry entry = read_entry(in, who);
    const bool is_new = files.emplace(entry.name, content(data, entry)).second;
    in.need(is_new, entry.name, " comes twice");
  }
  return files;
}

}  // namespace zsq
