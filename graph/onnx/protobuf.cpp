#include "graph/onnx/protobuf.h"

#include <bit>
#include <cstring>

#include "graph/check.h"

namespace zsq::onnx {
namespace {

template <class T>
std::vector<T> unpacked(const Field& field, const std::string& who) {
  if (field.type != WireType::bytes) {
    if constexpr (sizeof(T) == 4) return {std::bit_cast<T>(static_cast<std::uint32_t>(field.value))};
    if constexpr (sizeof(T) == 8) return {std::bit_cast<T>(field.value)};
  }
  check(field.bytes.size() % sizeof(T) == 0, Fault::model, who,
        " is damaged or incomplete: a list of numbers ends within one; fetch or save it again");
  std::vector<T> values(field.bytes.size() / sizeof(T));
  if (!values.empty()) std::memcpy(values.data(), field.bytes.data(), field.bytes.size());
  return values;
}

}  // namespace

void MessageReader::damaged(const char* what) const {
  fail(Fault::model, who_, " is damaged or incomplete: ", what, "; fetch or save it again");
}

std::uint64_t MessageReader::varint() {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    if (rest_.empty()) damaged("it ends early");
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
    if (byte < 0x80) return value;
  }
  damaged("a number has more than 64 bits");
}

std::uint64_t MessageReader::fixed(std::size_t bytes) {
  if (rest_.size() < bytes) damaged("it ends early");
  std::uint64_t value = 0;
  std::memcpy(&value, rest_.data(), bytes);
  rest_.remove_prefix(bytes);
  return value;
}

Field MessageReader::next() {
  const std::uint64_t tag = varint();
  Field field{.number = tag >> 3U, .type = static_cast<WireType>(tag & 7U)};
  if (field.number == 0) damaged("a field has the number 0");
  switch (field.type) {
    case WireType::varint: field.value = varint(); return field;
    case WireType::fixed64: field.value = fixed(8); return field;
    case WireType::fixed32: field.value = fixed(4); return field;
    case WireType::bytes: {
      const std::uint64_t size = varint();
      if (size > rest_.size()) damaged("it ends early");
      field.bytes = rest_.substr(0, static_cast<std::size_t>(size));
      rest_.remove_prefix(static_cast<std::size_t>(size));
      return field;
    }
  }
  damaged("a field has a type that ONNX does not use");
}

std::vector<std::int64_t> integers_in(const Field& field, const std::string& who) {
  if (field.type != WireType::bytes) return {field.integer()};
  std::vector<std::int64_t> values;
  // A packed list is varints one after another: what a message of one-field tags would be without its tags.
  std::uint64_t value = 0;
  int shift = 0;
  for (const char c : field.bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (shift < 64) value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
    shift += 7;
    if (byte >= 0x80) continue;
    values.push_back(static_cast<std::int64_t>(value));
    value = 0;
    shift = 0;
  }
  check(shift == 0, Fault::model, who,
        " is damaged or incomplete: a list of numbers ends within one; fetch or save it again");
  return values;
}

std::vector<float> floats_in(const Field& field, const std::string& who) {
  return unpacked<float>(field, who);
}

std::vector<double> doubles_in(const Field& field, const std::string& who) {
  return unpacked<double>(field, who);
}

void MessageWriter::varint(std::uint64_t value) {
  for (; value >= 0x80; value >>= 7U) written_ += static_cast<char>(value | 0x80U);
  written_ += static_cast<char>(value);
}

void MessageWriter::tag(std::uint64_t field, WireType type) {
  varint(field << 3U | static_cast<std::uint64_t>(type));
}

void MessageWriter::integer(std::uint64_t field, std::int64_t value) {
  tag(field, WireType::varint);
  varint(static_cast<std::uint64_t>(value));
}

void MessageWriter::number(std::uint64_t field, float value) {
  tag(field, WireType::fixed32);
  written_.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void MessageWriter::bytes(std::uint64_t field, std::string_view value) {
  tag(field, WireType::bytes);
  varint(value.size());
  written_ += value;
}

void MessageWriter::integers(std::uint64_t field, const std::vector<std::int64_t>& values) {
  MessageWriter packed;
  for (const std::int64_t v : values) packed.varint(static_cast<std::uint64_t>(v));
  bytes(field, packed.written_);
}

}  // namespace zsq::onnx
