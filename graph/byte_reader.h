#pragma once

#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include "graph/check.h"

namespace zsq {

/// Walks untrusted little-endian bytes; whatever reaches beyond their end throws Error (Fault::model) that
/// begins with `who`.
class ByteReader {
 public:
  ByteReader(std::string_view bytes, std::string who) : bytes_(bytes), who_(std::move(who)) {}

  std::size_t position() const { return position_; }
  std::size_t left() const { return bytes_.size() - position_; }

  void seek(std::uint64_t position) {
    need(position <= bytes_.size(), "it ends early");
    position_ = static_cast<std::size_t>(position);
  }

  std::string_view take(std::uint64_t count) {
    need(count <= left(), "it ends early");
    const std::string_view out = bytes_.substr(position_, static_cast<std::size_t>(count));
    position_ += out.size();
    return out;
  }

  template <class T>
  T number() {
    static_assert(std::is_arithmetic_v<T>);
    T value;
    std::memcpy(&value, take(sizeof(T)).data(), sizeof(T));
    return value;
  }

  /// Up to that character, which is left out.
  std::string_view until(char end) {
    const std::size_t at = bytes_.find(end, position_);
    need(at != std::string_view::npos, "it ends early");
    const std::string_view out = take(at - position_);
    ++position_;
    return out;
  }

  void need(bool ok, const auto&... parts) const {
    check(ok, Fault::model, who_, " is damaged or incomplete: ", parts..., "; fetch or save it again");
  }

 private:
  std::string_view bytes_;
  std::string who_;
  std::size_t position_ = 0;
};

}  // namespace zsq
