#include "runtime/file/bits.h"

namespace zsq::runtime {

std::vector<std::uint8_t> pack(std::span<const std::int8_t> values, int bits) {
  std::vector<std::uint8_t> packed;
  packed.reserve(packed_bytes(values.size(), bits));
  std::uint32_t waiting = 0;  // bits that do not yet fill a byte
  int count = 0;
  for (const std::int8_t v : values) {
    waiting |= (static_cast<std::uint32_t>(v) & ((1U << bits) - 1)) << count;
    for (count += bits; count >= 8; count -= 8, waiting >>= 8)
      packed.push_back(static_cast<std::uint8_t>(waiting));
  }
  if (count > 0) packed.push_back(static_cast<std::uint8_t>(waiting));
  return packed;
}

std::vector<std::int8_t> unpack(std::span<const std::uint8_t> packed, std::size_t count, int bits) {
  std::vector<std::int8_t> values;
  values.reserve(count);
  const std::uint32_t sign = 1U << (bits - 1), mask = (1U << bits) - 1;
  std::uint32_t waiting = 0;
  int held = 0;
  for (std::size_t next = 0; values.size() < count; held -= bits, waiting >>= bits) {
    for (; held < bits; held += 8) waiting |= std::uint32_t{packed[next++]} << held;
    values.push_back(
        static_cast<std::int8_t>(static_cast<int>((waiting & mask) ^ sign) - static_cast<int>(sign)));
  }
  return values;
}

}  // namespace zsq::runtime
