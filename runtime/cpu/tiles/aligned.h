#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace zsq::runtime::cpu {

/// Begins allocations where cache lines begin.
template <class T>
struct LineAllocator {
  using value_type = T;
  static constexpr std::align_val_t kLine{64};

  LineAllocator() = default;
  template <class U>
  LineAllocator(const LineAllocator<U>&) {}  // NOLINT(google-explicit-constructor): allocators convert

  T* allocate(std::size_t count) { return static_cast<T*>(::operator new(count * sizeof(T), kLine)); }
  void deallocate(T* memory, std::size_t) { ::operator delete(memory, kLine); }
  bool operator==(const LineAllocator&) const = default;
};

/// What loops read a vector at a time. One that crosses a line costs two reads.
template <class T>
using Packed = std::vector<T, LineAllocator<T>>;

}  // namespace zsq::runtime::cpu
