#pragma once

#include <map>
#include <memory>

#include "runtime/cuda/gpu.h"
#include "runtime/cuda/modules.h"
#include "tests/ptx/launch.h"

namespace zsq::ptx {

/// A GPU that is the interpreter: the session and the kernels that ship run on it.
class InterpretedGpu final : public runtime::cuda::Gpu {
 public:
  struct Options {
    bool counts_memory = false;
    std::uint64_t sampled_blocks = 0;              // of LaunchShape
    std::uint64_t most_instructions = UINT64_MAX;  // of a launch
    int multiprocessors = 132;                     // of an H100
    std::int64_t bytes = std::int64_t{1} << 33;    // of memory
  };
  InterpretedGpu(std::span<const runtime::cuda::Module> modules, const Options& options);
  explicit InterpretedGpu(std::span<const runtime::cuda::Module> modules)
      : InterpretedGpu(modules, Options{}) {}

  int multiprocessors() const override { return options_.multiprocessors; }
  runtime::cuda::Address allocate(std::int64_t bytes, const std::string& purpose) override;
  void release(runtime::cuda::Address memory) noexcept override;
  void upload(runtime::cuda::Address to, std::span<const std::byte> from) override;
  void download(std::span<std::byte> to, runtime::cuda::Address from) override;
  void launch(const runtime::cuda::Launch& launch) override;
  std::unique_ptr<runtime::cuda::Recording> record(std::span<const runtime::cuda::Launch> launches) override;
  void synchronise() override {}
  double seconds_of(const std::function<void()>& work) override;  // of the interpreter

  /// The names of all kernels.
  std::vector<std::string> kernels() const {
    std::vector<std::string> names;
    for (const auto& [name, program] : programs_) names.push_back(name);
    return names;
  }

  /// A kernel, and another in its place, for whoever tests the tests.
  const Body& body_of(const std::string& kernel) const { return programs_.at(kernel).body; }
  void replace(const std::string& kernel, Body body) { programs_[kernel] = decode(std::move(body)); }

  /// Fills all memory but constants, so that no answer of an earlier run is left.
  void spoil();

  /// Of the last launch.
  const Counters& counters() const { return last_; }
  /// By kernel, of all launches.
  const std::map<std::string, Counters>& by_kernel() const { return by_kernel_; }
  std::int64_t allocations() const { return allocations_; }  // so far

 private:
  struct Block {
    std::vector<std::byte> bytes;
    std::int64_t size = 0;
    bool is_constant = false;
  };
  /// Throws Violation unless all of it lies in one allocation.
  std::byte* inside(runtime::cuda::Address begin, std::size_t bytes) const;

  Options options_;
  std::map<std::string, Program> programs_;
  std::map<runtime::cuda::Address, Block> memory_;
  std::int64_t used_ = 0, allocations_ = 0;
  Counters last_;
  std::map<std::string, Counters> by_kernel_;
};

/// The kernels that ship, by either code generator of nvcc.
enum class Target { sm_80, sm_120 };
std::span<const runtime::cuda::Module> modules_for(Target target);

}  // namespace zsq::ptx
