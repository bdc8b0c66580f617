#include "graph/torch/memory_limit.h"

#include <limits>
#include <new>

#include <c10/core/Allocator.h>

namespace zsq::torchscript {
namespace {

constexpr std::uint64_t kNone = std::numeric_limits<std::uint64_t>::max();
thread_local std::uint64_t limit = kNone;

/// LibTorch's own, which it asks in all but one case.
class LimitedAllocator final : public c10::Allocator {
 public:
  explicit LimitedAllocator(c10::Allocator& own) : own_(own) {}

  c10::DataPtr allocate(std::size_t bytes) override {
    if (bytes > limit) throw std::bad_alloc();
    return own_.allocate(bytes);
  }
  c10::DeleterFnPtr raw_deleter() const override { return own_.raw_deleter(); }
  void copy_data(void* to, const void* from, std::size_t bytes) const override {
    own_.copy_data(to, from, bytes);
  }

 private:
  c10::Allocator& own_;
};

void install_once() {
  static LimitedAllocator* const installed = [] {
    constexpr std::uint8_t kBeforeAnyOther = 255;
    auto* allocator = new LimitedAllocator(*c10::GetAllocator(c10::kCPU));  // for as long as LibTorch
    c10::SetAllocator(c10::kCPU, allocator, kBeforeAnyOther);
    return allocator;
  }();
  static_cast<void>(installed);
}

}  // namespace

MemoryLimit::MemoryLimit(std::uint64_t bytes) {
  install_once();
  limit = bytes;
}

MemoryLimit::~MemoryLimit() { limit = kNone; }

}  // namespace zsq::torchscript
