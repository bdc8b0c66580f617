#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// The wire format of protobuf (protobuf.dev/programming-guides/encoding), as much of it as ONNX files use.
namespace zsq::onnx {

enum class WireType { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

/// One field of a message. Where several of the same number come, the last one counts, or they are a list.
struct Field {
  std::uint64_t number = 0;
  WireType type = WireType::varint;
  std::uint64_t value = 0;      // of varint, fixed64 and fixed32
  std::string_view bytes = {};  // of strings, messages and packed lists

  std::int64_t integer() const { return static_cast<std::int64_t>(value); }
};

/// Reads a message field by field, from untrusted bytes. Throws Error (Fault::model) that begins with `who`
/// where they are no message.
class MessageReader {
 public:
  MessageReader(std::string_view bytes, const std::string& who) : rest_(bytes), who_(who) {}

  bool done() const { return rest_.empty(); }
  Field next();

 private:
  std::uint64_t varint();
  std::uint64_t fixed(std::size_t bytes);
  [[noreturn]] void damaged(const char* what) const;

  std::string_view rest_;
  const std::string& who_;
};

/// The numbers of a repeated field: packed, or the one that this field holds.
std::vector<std::int64_t> integers_in(const Field& field, const std::string& who);
std::vector<float> floats_in(const Field& field, const std::string& who);
std::vector<double> doubles_in(const Field& field, const std::string& who);

/// Puts a message together. Fields appear in the order of the calls.
class MessageWriter {
 public:
  void integer(std::uint64_t field, std::int64_t value);
  void number(std::uint64_t field, float value);
  void bytes(std::uint64_t field, std::string_view value);
  void message(std::uint64_t field, const MessageWriter& value) { bytes(field, value.written_); }

  /// The fields of another one behind those of this.
  void append(const MessageWriter& fields) { written_ += fields.written_; }

  /// A list of numbers, packed.
  void integers(std::uint64_t field, const std::vector<std::int64_t>& values);

  const std::string& written() const { return written_; }

 private:
  void varint(std::uint64_t value);
  void tag(std::uint64_t field, WireType type);

  std::string written_;
};

}  // namespace zsq::onnx
