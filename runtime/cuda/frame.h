#pragma once

#include <cstring>
#include <functional>
#include <span>
#include <type_traits>
#include <vector>

#include "runtime/cuda/gpu.h"
#include "runtime/layout.h"

namespace zsq::runtime::cuda {

/// Where an array lies among the constants of a plan.
struct ConstantArray {
  std::int64_t offset = 0, bytes = 0;
};

/// The constants of a plan, which are uploaded once.
class ConstantPool {
 public:
  template <class T>
  ConstantArray add(std::span<const T> values) {
    static_assert(std::is_trivially_copyable_v<T>);
    constexpr std::size_t kAlignment = 256;
    bytes_.resize((bytes_.size() + kAlignment - 1) / kAlignment * kAlignment);
    const ConstantArray array{std::ssize(bytes_), static_cast<std::int64_t>(values.size_bytes())};
    const auto from = std::as_bytes(values);
    bytes_.insert(bytes_.end(), from.begin(), from.end());
    return array;
  }
  template <class T>
  ConstantArray add(const std::vector<T>& values) {
    return add(std::span<const T>(values));
  }

  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  std::vector<std::byte> bytes_;
};

/// Where everything is while a batch runs.
struct Frame {
  const Plan* plan = nullptr;
  std::int64_t images = 0;
  Address pixels = 0, constants = 0;
  std::vector<Address> outputs;     // by output of the plan
  std::vector<Address> slots;       // by slot
  std::span<const Layout> layouts;  // by slot
};

/// A step made ready: its launches for whatever batch.
using Launches = std::function<std::vector<Launch>(const Frame&)>;

/// Puts one launch together and remembers what memory its kernel touches.
class LaunchBuilder {
 public:
  LaunchBuilder(const Frame& frame, std::string kernel) : frame_(frame) {
    launch_.kernel = std::move(kernel);
  }

  Tensor reads(SlotId id) { return tensor(id, false); }
  Tensor writes(SlotId id) { return tensor(id, true); }
  Tensor reads_pixels();
  Address writes_output(std::size_t i) { return output(i, true); }
  Address reads_output(std::size_t i) { return output(i, false); }
  Address writes(const Memory& memory, std::int64_t bytes);
  Address reads(const ConstantArray& array);

  /// The values of a slot, a thread each, or one for so many channels of a place.
  Work values_of(SlotId id, std::int64_t together = 1) const;

  /// A thread for each value of the work.
  template <class Arguments>
  Launch one_thread_each(const Arguments& arguments) {
    constexpr std::uint32_t kThreads = 128;
    return in_blocks((arguments.work.count + kThreads - 1) / kThreads, kThreads, arguments);
  }

  template <class Arguments>
  Launch in_blocks(std::uint32_t blocks, std::uint32_t threads, const Arguments& arguments) {
    static_assert(std::is_trivially_copyable_v<Arguments>);
    launch_.grid = {blocks, 1, 1};
    launch_.block = {threads, 1, 1};
    launch_.arguments.resize(sizeof(Arguments));
    std::memcpy(launch_.arguments.data(), &arguments, sizeof(Arguments));
    return std::move(launch_);
  }

 private:
  Tensor tensor(SlotId id, bool writable);
  Address output(std::size_t i, bool writable);

  const Frame& frame_;
  Launch launch_;
};

/// A name's form for wide slots: "zsq_wide_pad".
std::string kernel_for(const Plan& plan, SlotId id, const std::string& name);

}  // namespace zsq::runtime::cuda
