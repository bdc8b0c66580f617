#pragma once

#include <array>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "graph/dtype.h"
#include "runtime/plan.h"

/// How a type of a field is written: what the writer and the reader must agree on.
namespace zsq::runtime {

template <class T>
constexpr DType dtype_of() {
  if constexpr (std::is_same_v<T, std::int8_t>)
    return DType::i8;
  else if constexpr (std::is_same_v<T, std::uint8_t>)
    return DType::u8;
  else if constexpr (std::is_same_v<T, std::int16_t>)
    return DType::i16;
  else
    return DType::i32;
}

template <class T>
inline constexpr bool kIsVector = false;
template <class T>
inline constexpr bool kIsVector<std::vector<T>> = true;

template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;

/// A JSON number that is an integer; SlotId is one.
template <class T>
inline constexpr bool kIsInteger = std::is_integral_v<T> || std::is_same_v<T, SlotId>;

/// A tensor of its own.
template <class T>
inline constexpr bool kIsTensor = false;
template <class T>
inline constexpr bool kIsTensor<std::vector<T>> = std::is_integral_v<T>;
template <class T>
inline constexpr bool kIsTensor<std::array<T, 256>> = std::is_integral_v<T>;

/// Vectors of these are one tensor for each field, not a list of objects.
template <class T>
inline constexpr bool kIsColumns = std::is_same_v<T, std::vector<Rescale>>;

}  // namespace zsq::runtime
