#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace zsq {

/// The element types that files hold.
enum class DType { f64, f32, f16, bf16, i64, i32, i16, i8, u32, u16, u8, boolean };

std::size_t bytes_of(DType dtype);

/// As safetensors spells it: "F32".
std::string_view name_of(DType dtype);
std::optional<DType> dtype_named(std::string_view name);

/// Little-endian elements as floats. bytes.size() is a multiple of bytes_of(dtype).
std::vector<float> to_floats(DType dtype, std::string_view bytes);

}  // namespace zsq
