#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace zsq::fuzz {

/// Makes choices out of a fuzzer's bytes; at their end, every choice is the first one.
class ByteSource {
 public:
  explicit ByteSource(std::string_view bytes) : bytes_(bytes) {}

  bool is_empty() const { return bytes_.empty(); }

  std::uint8_t byte() {
    if (bytes_.empty()) return 0;
    const auto value = static_cast<std::uint8_t>(bytes_.front());
    bytes_.remove_prefix(1);
    return value;
  }

  std::size_t below(std::size_t n) { return byte() % n; }

  template <class T, std::size_t n>
  const T& pick(const std::array<T, n>& choices) {
    return choices[below(n)];
  }

 private:
  std::string_view bytes_;
};

}  // namespace zsq::fuzz
