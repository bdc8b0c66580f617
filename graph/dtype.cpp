#include "graph/dtype.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstring>

namespace zsq {
namespace {

static_assert(std::endian::native == std::endian::little, "files are read without swapping bytes");

struct Entry {
  DType dtype;
  std::string_view name;
  std::size_t bytes;
};
constexpr std::array<Entry, 12> kEntries{{{DType::f64, "F64", 8},
                                          {DType::f32, "F32", 4},
                                          {DType::f16, "F16", 2},
                                          {DType::bf16, "BF16", 2},
                                          {DType::i64, "I64", 8},
                                          {DType::i32, "I32", 4},
                                          {DType::i16, "I16", 2},
                                          {DType::i8, "I8", 1},
                                          {DType::u32, "U32", 4},
                                          {DType::u16, "U16", 2},
                                          {DType::u8, "U8", 1},
                                          {DType::boolean, "BOOL", 1}}};

const Entry& entry(DType dtype) { return kEntries[static_cast<std::size_t>(dtype)]; }

float from_half(std::uint16_t bits) {
  const int exponent = bits >> 10 & 31;
  const int fraction = bits & 1023;
  const float sign = bits >> 15 != 0 ? -1.0F : 1.0F;
  if (exponent == 0) return sign * std::ldexp(static_cast<float>(fraction), -24);
  if (exponent == 31) return fraction == 0 ? sign * INFINITY : NAN;
  return sign * std::ldexp(static_cast<float>(fraction + 1024), exponent - 25);
}

float from_bfloat(std::uint16_t bits) { return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16); }

template <class T>
std::vector<float> convert(std::string_view bytes, auto value) {
  std::vector<float> out(bytes.size() / sizeof(T));
  for (std::size_t i = 0; i < out.size(); ++i) {
    T element;
    std::memcpy(&element, bytes.data() + i * sizeof(T), sizeof(T));
    out[i] = value(element);
  }
  return out;
}

template <class T>
std::vector<float> convert(std::string_view bytes) {
  return convert<T>(bytes, [](T element) { return static_cast<float>(element); });
}

}  // namespace

std::size_t bytes_of(DType dtype) { return entry(dtype).bytes; }

std::string_view name_of(DType dtype) { return entry(dtype).name; }

std::optional<DType> dtype_named(std::string_view name) {
  for (const Entry& e : kEntries)
    if (e.name == name) return e.dtype;
  return std::nullopt;
}

std::vector<float> to_floats(DType dtype, std::string_view bytes) {
  switch (dtype) {
    case DType::f64: return convert<double>(bytes);
    case DType::f32: return convert<float>(bytes);
    case DType::f16: return convert<std::uint16_t>(bytes, from_half);
    case DType::bf16: return convert<std::uint16_t>(bytes, from_bfloat);
    case DType::i64: return convert<std::int64_t>(bytes);
    case DType::i32: return convert<std::int32_t>(bytes);
    case DType::i16: return convert<std::int16_t>(bytes);
    case DType::i8: return convert<std::int8_t>(bytes);
    case DType::u32: return convert<std::uint32_t>(bytes);
    case DType::u16: return convert<std::uint16_t>(bytes);
    case DType::u8: return convert<std::uint8_t>(bytes);
    case DType::boolean:
      return convert<std::uint8_t>(bytes, [](std::uint8_t b) { return b == 0 ? 0.0F : 1.0F; });
  }
  return {};
}

}  // namespace zsq
