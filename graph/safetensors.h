#pragma once

#include <cstring>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "graph/check.h"
#include "graph/dtype.h"

namespace zsq {

/// One tensor of a safetensors file. It does not own its bytes.
struct SafeTensor {
  DType dtype = DType::f32;
  std::vector<std::int64_t> dims;  // any number, none is a scalar
  std::string_view bytes;          // little-endian, row-major; may be unaligned
};

/// A safetensors file: 8 bytes of header length, a JSON header, raw tensors.
struct SafeTensors {
  std::map<std::string, SafeTensor, std::less<>> tensors;
  std::map<std::string, std::string, std::less<>> metadata;

  /// Throws Error (Fault::model) that names `who` where there is none of that name.
  const SafeTensor& at(std::string_view name, const std::string& who) const;
};

/// Takes untrusted bytes: every length, offset, overlap, hole and duplicate is checked. The tensors point
/// into `bytes`. Throws Error of that fault, beginning with `who` (the file's name).
SafeTensors parse_safetensors(std::string_view bytes, const std::string& who, Fault fault = Fault::model);

/// The same content gives the same bytes. Requires that each tensor has as many bytes as dtype and dims say.
/// Each one begins at a multiple of its element size when the file is mapped.
std::string encode_safetensors(const SafeTensors& content);

/// The elements, copied to where they are aligned. Requires sizeof(T) == bytes_of(tensor.dtype).
template <class T>
std::vector<T> values_of(const SafeTensor& tensor) {
  static_assert(std::is_trivially_copyable_v<T>);
  check(sizeof(T) == bytes_of(tensor.dtype), Fault::model, "a tensor of ", name_of(tensor.dtype),
        " was found where elements of ", sizeof(T), " bytes were needed");
  std::vector<T> values(tensor.bytes.size() / sizeof(T));
  if (!values.empty()) std::memcpy(values.data(), tensor.bytes.data(), tensor.bytes.size());
  return values;
}

/// What a SafeTensor's bytes are for these elements, which must outlive it.
template <class T>
std::string_view bytes_of(std::span<const T> values) {
  static_assert(std::is_trivially_copyable_v<T>);
  return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}
template <class T>
std::string_view bytes_of(const std::vector<T>& values) {
  return bytes_of(std::span<const T>(values));
}

}  // namespace zsq
