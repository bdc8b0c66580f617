#include "graph/zip.h"

#include <algorithm>
#include <cstdint>

#include "graph/byte_reader.h"

namespace zsq {
namespace {

constexpr std::size_t kEndBytes = 22, kLocatorBytes = 20, kMaxComment = 65535;
constexpr std::uint32_t kLocator = 0x07064b50, kEnd64 = 0x06064b50, kCentral = 0x02014b50,
                        kLocal = 0x04034b50;
constexpr std::uint32_t kElsewhere = 0xFFFFFFFF;  // the number stands in a zip64 record

struct Directory {
  std::uint64_t entries = 0, offset = 0;
};

struct Record {
  std::string name;
  std::uint64_t stored = 0, size = 0, offset = 0;  // bytes in the archive, bytes when unpacked, local header
  bool compressed = false;
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
void read_extra(std::string_view extra, const std::string& who, Record& record) {
  ByteReader in(extra, who);
  while (in.left() >= 4) {
    const auto id = in.number<std::uint16_t>();
    ByteReader field(in.take(in.number<std::uint16_t>()), who);
    if (id != 1) continue;
    for (std::uint64_t* number : {&record.size, &record.stored, &record.offset})
      if (*number == kElsewhere) *number = field.number<std::uint64_t>();
    return;
  }
}

Record read_record(ByteReader& in, const std::string& who) {
  in.need(in.number<std::uint32_t>() == kCentral, "its zip directory is damaged");
  in.take(2 + 2 + 2);  // versions, flags
  Record record;
  record.compressed = in.number<std::uint16_t>() != 0;
  in.take(2 + 2 + 4);  // time, date, checksum
  record.stored = in.number<std::uint32_t>();
  record.size = in.number<std::uint32_t>();
  const auto name_bytes = in.number<std::uint16_t>(), extra_bytes = in.number<std::uint16_t>(),
             comment_bytes = in.number<std::uint16_t>();
  in.take(2 + 2 + 4);  // disk, attributes
  record.offset = in.number<std::uint32_t>();
  record.name = in.take(name_bytes);
  read_extra(in.take(extra_bytes), who, record);
  in.take(comment_bytes);
  in.need(record.compressed || record.stored == record.size, "the sizes of ", record.name, " differ");
  return record;
}

std::string_view content(ByteReader& in, const Record& record) {
  in.seek(record.offset);
  in.need(in.number<std::uint32_t>() == kLocal, "the entry ", record.name, " is damaged");
  in.take(22);  // what the directory has said already
  const auto name_bytes = in.number<std::uint16_t>(), extra_bytes = in.number<std::uint16_t>();
  in.take(name_bytes);
  in.take(extra_bytes);
  return in.take(record.stored);
}

}  // namespace

std::map<std::string, ZipEntry, std::less<>> parse_zip(std::string_view bytes, const std::string& who) {
  ByteReader in(bytes, who), data(bytes, who);
  const Directory directory = read_directory(in, find_end(bytes, in));
  in.seek(directory.offset);
  std::map<std::string, ZipEntry, std::less<>> files;
  for (std::uint64_t i = 0; i < directory.entries; ++i) {
    const Record record = read_record(in, who);
    const bool is_new = files.emplace(record.name, ZipEntry{content(data, record), record.compressed}).second;
    in.need(is_new, record.name, " comes twice");
  }
  return files;
}

}  // namespace zsq
