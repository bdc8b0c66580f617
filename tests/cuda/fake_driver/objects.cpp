#include "tests/cuda/fake_driver/objects.h"

#include <numeric>
#include <stdexcept>

namespace zsq::fake {
namespace {

constexpr std::size_t kAlignment = 256;

}  // namespace

Module::Module(const std::string& text) {
  static std::map<std::string, Programs> read;  // opening a GPU again should cost nothing
  Programs& programs = read[text];
  if (programs.empty())
    for (ptx::Body& body : ptx::read(text)) {
      const std::string name = body.name;
      programs.emplace(name, std::make_shared<ptx::Program>(ptx::decode(std::move(body))));
    }
  for (const auto& [name, program] : programs) functions_[name].program = program;
}

Function* Module::find(const std::string& name) {
  const auto found = functions_.find(name);
  return found == functions_.end() ? nullptr : &found->second;
}

CUdeviceptr DeviceMemory::add(std::size_t bytes, CUcontext context) {
  Block block{std::vector<std::byte>(bytes + kAlignment, std::byte{0xa5}), bytes, context};
  const auto begin = reinterpret_cast<CUdeviceptr>(block.bytes.data());
  const CUdeviceptr aligned = (begin + kAlignment - 1) / kAlignment * kAlignment;
  blocks_.emplace(aligned, std::move(block));
  return aligned;
}

bool DeviceMemory::remove(CUdeviceptr memory, CUcontext context) {
  return holds(memory, 1, context) && blocks_.erase(memory) == 1;
}

bool DeviceMemory::holds(CUdeviceptr memory, std::size_t bytes, CUcontext context) const {
  const auto after = blocks_.upper_bound(memory);
  if (after == blocks_.begin()) return false;
  const auto& [begin, block] = *std::prev(after);
  return block.context == context && memory + bytes <= begin + block.size;
}

std::size_t DeviceMemory::bytes() const {
  return std::accumulate(blocks_.begin(), blocks_.end(), std::size_t{0},
                         [](std::size_t sum, const auto& one) { return sum + one.second.size; });
}

std::vector<ptx::Range> DeviceMemory::ranges(CUcontext context) const {
  std::vector<ptx::Range> all;
  for (const auto& [begin, block] : blocks_)
    if (block.context == context) all.push_back({begin, begin + block.size, true});
  return all;
}

long State::live() const {
  const int contexts = std::accumulate(retained.begin(), retained.end(), 0,
                                       [](int sum, const auto& one) { return sum + one.second; });
  return contexts + static_cast<long>(memory.size() + streams.size() + modules.size() + graphs.size() +
                                      executables.size() + events.size());
}

CUcontext context_of(CUdevice device) {
  return reinterpret_cast<CUcontext>(static_cast<std::uintptr_t>(device + 1));
}

std::vector<std::byte> buffer_of(void** extra) {
  const std::byte* begin = nullptr;
  std::size_t size = 0;
  for (; *extra != CU_LAUNCH_PARAM_END; extra += 2) {
    if (*extra == CU_LAUNCH_PARAM_BUFFER_POINTER) begin = static_cast<const std::byte*>(extra[1]);
    if (*extra == CU_LAUNCH_PARAM_BUFFER_SIZE) size = *static_cast<const std::size_t*>(extra[1]);
  }
  if (begin == nullptr || size == 0) throw std::invalid_argument("a launch without arguments");
  return {begin, begin + size};
}

void run(const Kernel& kernel, const DeviceMemory& memory, CUcontext context) {
  ptx::launch(*kernel.function->program, kernel.shape, kernel.arguments, memory.ranges(context));
}

const char* name_of(CUresult result) {
  switch (static_cast<int>(result)) {
    case CUDA_ERROR_INVALID_VALUE: return "CUDA_ERROR_INVALID_VALUE";
    case CUDA_ERROR_OUT_OF_MEMORY: return "CUDA_ERROR_OUT_OF_MEMORY";
    case CUDA_ERROR_NOT_INITIALIZED: return "CUDA_ERROR_NOT_INITIALIZED";
    case CUDA_ERROR_INVALID_DEVICE: return "CUDA_ERROR_INVALID_DEVICE";
    case CUDA_ERROR_INVALID_CONTEXT: return "CUDA_ERROR_INVALID_CONTEXT";
    case CUDA_ERROR_INVALID_HANDLE: return "CUDA_ERROR_INVALID_HANDLE";
    case CUDA_ERROR_UNSUPPORTED_PTX_VERSION: return "CUDA_ERROR_UNSUPPORTED_PTX_VERSION";
    case CUDA_ERROR_NOT_FOUND: return "CUDA_ERROR_NOT_FOUND";
    case CUDA_ERROR_ILLEGAL_STATE: return "CUDA_ERROR_ILLEGAL_STATE";
    case CUDA_ERROR_LAUNCH_FAILED: return "CUDA_ERROR_LAUNCH_FAILED";
    case CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED: return "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED";
    default: return nullptr;
  }
}

}  // namespace zsq::fake
