#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace zsq {

/// Where the elements of a tensor lie in its storage, as PyTorch says it, in elements.
struct Strided {
  std::vector<std::int64_t> dims, strides;  // as many of the one as of the other, none negative
  std::int64_t offset = 0;                  // of the first one, not negative
};

/// How many elements a tensor has, or none where one of them lies outside a storage of `available` elements.
std::optional<std::int64_t> count_within(const Strided& tensor, std::int64_t available);

/// Whether its elements follow one another in row-major order.
bool is_contiguous(const Strided& tensor);

/// `count` elements of `width` bytes in row-major order. Requires count == count_within(tensor, ...).
std::string row_major(std::string_view storage, std::size_t width, const Strided& tensor, std::int64_t count);

}  // namespace zsq
