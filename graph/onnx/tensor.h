#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "graph/dtype.h"

namespace zsq::onnx {

/// A constant of an ONNX model. Its bytes are the model file's, or its own.
struct Tensor {
  DType dtype = DType::f32;
  std::vector<std::int64_t> dims = {};          // none: a scalar; not negative
  std::string_view bytes = {};                  // little-endian, row-major: as many as dtype and dims say
  std::shared_ptr<const std::string> own = {};  // keeps them alive where they are not the file's

  std::int64_t count() const { return static_cast<std::int64_t>(bytes.size() / bytes_of(dtype)); }
  bool is_integer() const;
};

/// The same bytes with other extents, of the same product.
Tensor with_dims(Tensor tensor, std::vector<std::int64_t> dims);

/// The product of extents, none of which is negative; throws Error (Fault::model) beginning with `who` where
/// it is beyond what a file can hold.
std::int64_t product(const std::vector<std::int64_t>& dims, const std::string& who);

/// Elements converted; floats to integers are cut off towards zero. What fits in no int64 becomes its end.
std::vector<std::int64_t> integers(const Tensor& tensor);
std::vector<float> floats(const Tensor& tensor);

/// As int64, and as floats. values.size() is the product of dims.
Tensor tensor_of(const std::vector<std::int64_t>& values, std::vector<std::int64_t> dims);
Tensor tensor_of(const std::vector<float>& values, std::vector<std::int64_t> dims);

/// Of those elements, in that order: from[i] is the place of the result's element i.
Tensor picked(const Tensor& tensor, const std::vector<std::int64_t>& from, std::vector<std::int64_t> dims);

}  // namespace zsq::onnx
