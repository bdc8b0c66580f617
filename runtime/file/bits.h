#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace zsq::runtime {

/// Bytes that `count` values of that many bits (1..8) need.
constexpr std::size_t packed_bytes(std::size_t count, int bits) {
  return count / 8 * static_cast<std::size_t>(bits) + (count % 8 * static_cast<std::size_t>(bits) + 7) / 8;
}

/// Two's complement values of that many bits, one after another, each from its lowest bit, from the lowest
/// bit of the first byte; the last byte is filled with zeros. Requires that every value fits.
std::vector<std::uint8_t> pack(std::span<const std::int8_t> values, int bits);

/// Requires packed.size() == packed_bytes(count, bits).
std::vector<std::int8_t> unpack(std::span<const std::uint8_t> packed, std::size_t count, int bits);

}  // namespace zsq::runtime
