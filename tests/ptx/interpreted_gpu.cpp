#include "tests/ptx/interpreted_gpu.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "graph/check.h"

namespace zsq::runtime::cuda {
std::span<const Module> modules_sm_120();  // made by the build
}

namespace zsq::ptx {
namespace {

using runtime::cuda::Address;

constexpr std::byte kSpoilt{0xa5};
constexpr std::uint64_t kAlignment = 256;  // as the driver aligns

class Replay final : public runtime::cuda::Recording {
 public:
  Replay(InterpretedGpu& gpu, std::span<const runtime::cuda::Launch> launches)
      : gpu_(gpu), launches_(launches.begin(), launches.end()) {}
  void start() override {
    for (const auto& launch : launches_) gpu_.launch(launch);
  }

 private:
  InterpretedGpu& gpu_;
  std::vector<runtime::cuda::Launch> launches_;
};

}  // namespace

InterpretedGpu::InterpretedGpu(std::span<const runtime::cuda::Module> modules, const Options& options)
    : options_(options) {
  for (const auto& module : modules)
    for (Body& body : read(module.ptx)) {
      const std::string name = body.name;
      programs_.emplace(name, decode(std::move(body)));
    }
}

Address InterpretedGpu::allocate(std::int64_t bytes, const std::string& purpose) {
  const std::int64_t free = options_.bytes - used_;
  check(bytes <= free, Fault::device, purpose, " need ", bytes, " bytes of the GPU's memory, of which ", free,
        " are free; try a smaller batch");
  Block block{std::vector<std::byte>(static_cast<std::size_t>(bytes) + kAlignment, kSpoilt), bytes,
              purpose.starts_with("the constants")};
  const auto begin = reinterpret_cast<Address>(block.bytes.data());
  const Address aligned = (begin + kAlignment - 1) / kAlignment * kAlignment;
  memory_.emplace(aligned, std::move(block));
  used_ += bytes;
  ++allocations_;
  return aligned;
}

void InterpretedGpu::release(Address memory) noexcept {
  const auto found = memory_.find(memory);
  if (found == memory_.end()) return;
  used_ -= found->second.size;
  memory_.erase(found);
}

std::byte* InterpretedGpu::inside(Address begin, std::size_t bytes) const {
  auto after = memory_.upper_bound(begin);
  if (after == memory_.begin()) throw Violation("memory is used that was not allocated");
  const auto& [first, block] = *std::prev(after);
  if (begin + bytes > first + static_cast<std::uint64_t>(block.size))
    throw Violation("memory is used beyond what was allocated");
  return reinterpret_cast<std::byte*>(begin);
}

void InterpretedGpu::spoil() {
  for (auto& [address, block] : memory_)
    if (!block.is_constant) std::ranges::fill(block.bytes, kSpoilt);
}

void InterpretedGpu::upload(Address to, std::span<const std::byte> from) {
  if (!from.empty()) std::memcpy(inside(to, from.size()), from.data(), from.size());
}

void InterpretedGpu::download(std::span<std::byte> to, Address from) {
  if (!to.empty()) std::memcpy(to.data(), inside(from, to.size()), to.size());
}

void InterpretedGpu::launch(const runtime::cuda::Launch& launch) {
  const auto found = programs_.find(launch.kernel);
  if (found == programs_.end()) throw Violation("there is no kernel " + launch.kernel);
  std::vector<Range> ranges;
  for (const auto& region : launch.regions) {
    inside(region.begin, static_cast<std::size_t>(region.bytes));
    ranges.push_back(
        {region.begin, region.begin + static_cast<std::uint64_t>(region.bytes), region.writable});
  }
  const LaunchShape shape{.grid = {launch.grid[0], launch.grid[1], launch.grid[2]},
                          .block = {launch.block[0], launch.block[1], launch.block[2]},
                          .dynamic_shared_bytes = launch.dynamic_shared_bytes,
                          .sampled_blocks = options_.sampled_blocks,
                          .most_instructions = options_.most_instructions};
  last_ = ptx::launch(found->second, shape, launch.arguments, ranges, options_.counts_memory);
  by_kernel_[launch.kernel] += last_;
}

std::unique_ptr<runtime::cuda::Recording> InterpretedGpu::record(
    std::span<const runtime::cuda::Launch> launches) {
  return std::make_unique<Replay>(*this, launches);
}

double InterpretedGpu::seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::span<const runtime::cuda::Module> modules_for(Target target) {
  switch (target) {
    case Target::sm_80: return runtime::cuda::modules();
    case Target::sm_120: return runtime::cuda::modules_sm_120();
  }
  return {};
}

}  // namespace zsq::ptx
