#include "graph/onnx/tensor.h"

#include <cmath>
#include <cstring>

#include "graph/check.h"

namespace zsq::onnx {
namespace {

template <class T>
std::vector<std::int64_t> widened(std::string_view bytes) {
  std::vector<std::int64_t> values(bytes.size() / sizeof(T));
  for (std::size_t i = 0; i < values.size(); ++i) {
    T value;
    std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
    values[i] = static_cast<std::int64_t>(value);
  }
  return values;
}

std::int64_t cut_off(float value) {
  constexpr float kLimit = 9.2e18F;
  if (std::isnan(value)) return 0;
  return static_cast<std::int64_t>(std::fmin(std::fmax(value, -kLimit), kLimit));
}

template <class T>
Tensor own(DType dtype, const std::vector<T>& values, std::vector<std::int64_t> dims) {
  auto bytes = std::make_shared<std::string>(values.size() * sizeof(T), '\0');
  if (!values.empty()) std::memcpy(bytes->data(), values.data(), bytes->size());
  return {dtype, std::move(dims), *bytes, bytes};
}

}  // namespace

bool Tensor::is_integer() const {
  switch (dtype) {
    case DType::f64:
    case DType::f32:
    case DType::f16:
    case DType::bf16: return false;
    case DType::i64:
    case DType::i32:
    case DType::i16:
    case DType::i8:
    case DType::u32:
    case DType::u16:
    case DType::u8:
    case DType::boolean: return true;
  }
  return false;
}

Tensor with_dims(Tensor tensor, std::vector<std::int64_t> dims) {
  tensor.dims = std::move(dims);
  return tensor;
}

std::int64_t product(const std::vector<std::int64_t>& dims, const std::string& who) {
  constexpr std::int64_t kMost = std::int64_t{1} << 40;
  std::int64_t count = 1;
  for (const std::int64_t d : dims) {
    check(0 <= d && d <= kMost, Fault::model, who, " has a tensor with an extent of ", d,
          "; fetch or save it again");
    if (d == 0) return 0;
    check(count <= kMost / d, Fault::model, who, " has a tensor of more than ", kMost,
          " values; fetch or save it again");
    count *= d;
  }
  return count;
}

std::vector<std::int64_t> integers(const Tensor& t) {
  switch (t.dtype) {
    case DType::i64: return widened<std::int64_t>(t.bytes);
    case DType::i32: return widened<std::int32_t>(t.bytes);
    case DType::i16: return widened<std::int16_t>(t.bytes);
    case DType::i8: return widened<std::int8_t>(t.bytes);
    case DType::u32: return widened<std::uint32_t>(t.bytes);
    case DType::u16: return widened<std::uint16_t>(t.bytes);
    case DType::u8:
    case DType::boolean: return widened<std::uint8_t>(t.bytes);
    case DType::f64:
    case DType::f32:
    case DType::f16:
    case DType::bf16: break;
  }
  std::vector<std::int64_t> values;
  for (const float v : to_floats(t.dtype, t.bytes)) values.push_back(cut_off(v));
  return values;
}

std::vector<float> floats(const Tensor& t) { return to_floats(t.dtype, t.bytes); }

Tensor tensor_of(const std::vector<std::int64_t>& values, std::vector<std::int64_t> dims) {
  return own(DType::i64, values, std::move(dims));
}

Tensor tensor_of(const std::vector<float>& values, std::vector<std::int64_t> dims) {
  return own(DType::f32, values, std::move(dims));
}

Tensor picked(const Tensor& t, const std::vector<std::int64_t>& from, std::vector<std::int64_t> dims) {
  const std::size_t size = bytes_of(t.dtype);
  auto bytes = std::make_shared<std::string>(from.size() * size, '\0');
  for (std::size_t i = 0; i < from.size(); ++i)
    std::memcpy(bytes->data() + i * size, t.bytes.data() + static_cast<std::size_t>(from[i]) * size, size);
  return {t.dtype, std::move(dims), *bytes, bytes};
}

}  // namespace zsq::onnx
