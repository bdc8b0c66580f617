#pragma once

#include <cstdint>

namespace zsq::torchscript {

/// While it lives, LibTorch allocates no tensor on this thread that is larger than that; one that would be
/// throws std::bad_alloc before anything is allocated. The machine would rather promise memory it does not
/// have, and end a process when the promise is called in. Limits do not nest.
class MemoryLimit {
 public:
  explicit MemoryLimit(std::uint64_t bytes);
  MemoryLimit(const MemoryLimit&) = delete;
  MemoryLimit& operator=(const MemoryLimit&) = delete;
  ~MemoryLimit();
};

}  // namespace zsq::torchscript
