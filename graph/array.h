#pragma once

#include <cstdint>
#include <ostream>
#include <vector>

namespace zsq {

/// Extents in NCHW order. A vector of features is {n, features, 1, 1}.
struct Shape {
  std::int64_t n = 1, c = 1, h = 1, w = 1;

  constexpr std::int64_t size() const { return n * c * h * w; }
  bool operator==(const Shape&) const = default;
};

inline std::ostream& operator<<(std::ostream& out, const Shape& s) {
  return out << '[' << s.n << ',' << s.c << ',' << s.h << ',' << s.w << ']';
}

/// A dense float array on the host, owned. Weights live here until an executor uploads them.
struct Array {
  Shape shape;
  std::vector<float> values;  // shape.size() of them, row-major NCHW

  bool operator==(const Array&) const = default;
};

}  // namespace zsq
