#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "runtime/cuda/arguments.h"

namespace zsq::runtime::cuda {

/// Memory of the device that a kernel touches. Hardware does not ask; whoever checks a launch does.
struct Region {
  Address begin = 0;
  std::int64_t bytes = 0;
  bool writable = false;
};

/// A kernel and all it runs with.
struct Launch {
  std::string kernel;
  std::array<std::uint32_t, 3> grid{1, 1, 1}, block{1, 1, 1};
  std::uint32_t dynamic_shared_bytes = 0;
  std::vector<std::byte> arguments;  // one struct of arguments.h
  std::vector<Region> regions;
  std::size_t step = 0;  // of the plan, for whoever counts or times
};

/// Launches made ready together, so that starting them costs as much as starting one.
class Recording {
 public:
  virtual ~Recording() = default;
  virtual void start() = 0;
};

/// All that a session asks of a GPU. Work is done in the order in which it is asked for. Every function
/// throws Error (Fault::device) with the call that failed.
class Gpu {
 public:
  virtual ~Gpu() = default;

  /// How many blocks of threads can run at the least at once.
  virtual int multiprocessors() const = 0;

  /// Throws saying how much was needed and how much is free. `purpose`: "the constants of the plan".
  virtual Address allocate(std::int64_t bytes, const std::string& purpose) = 0;
  virtual void release(Address memory) noexcept = 0;

  virtual void upload(Address to, std::span<const std::byte> from) = 0;
  virtual void download(std::span<std::byte> to, Address from) = 0;  // returns when it is done

  virtual void launch(const Launch& launch) = 0;
  virtual std::unique_ptr<Recording> record(std::span<const Launch> launches) = 0;
  virtual void synchronise() = 0;

  /// Seconds, by the GPU's own clock, between what was asked for before `work` and what `work` asks for.
  virtual double seconds_of(const std::function<void()>& work) = 0;
};

/// Memory of a GPU that is given back.
class Memory {
 public:
  Memory() = default;
  Memory(Gpu& gpu, std::int64_t bytes, const std::string& purpose)
      : gpu_(&gpu), address_(gpu.allocate(bytes, purpose)), bytes_(bytes) {}
  Memory(Memory&& other) noexcept { swap(other); }
  Memory& operator=(Memory&& other) noexcept {
    Memory moved(std::move(other));
    swap(moved);
    return *this;
  }
  ~Memory() {
    if (gpu_ != nullptr) gpu_->release(address_);
  }

  Address address() const { return address_; }
  std::int64_t bytes() const { return bytes_; }

 private:
  void swap(Memory& other) noexcept {
    std::swap(gpu_, other.gpu_);
    std::swap(address_, other.address_);
    std::swap(bytes_, other.bytes_);
  }

  Gpu* gpu_ = nullptr;
  Address address_ = 0;
  std::int64_t bytes_ = 0;
};

}  // namespace zsq::runtime::cuda
