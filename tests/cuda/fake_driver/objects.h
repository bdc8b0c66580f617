#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <cuda.h>

#include "tests/ptx/launch.h"

/// What the driver that is not one keeps of its GPUs.
namespace zsq::fake {

/// Of a block, unless its kernel asked for more.
inline constexpr int kSharedBytes = 48 * 1024;

/// A kernel as its module has it.
struct Function {
  std::shared_ptr<const ptx::Program> program;
  int most_shared_bytes = kSharedBytes;  // dynamic ones, until a caller asks for more
};

class Module {
 public:
  explicit Module(const std::string& text);
  Function* find(const std::string& name);

 private:
  using Programs = std::map<std::string, std::shared_ptr<const ptx::Program>>;
  std::map<std::string, Function> functions_;
};

/// A launch with a copy of its arguments.
struct Kernel {
  Function* function = nullptr;
  ptx::LaunchShape shape;
  std::vector<std::byte> arguments;
};

struct Graph {
  std::vector<Kernel> kernels;
};

struct Stream {
  CUcontext context = nullptr;
  bool is_capturing = false;
  std::vector<Kernel> captured;
};

struct Event {
  long at = 0;  // 0: was not recorded
};

/// Memory that was allocated and not given back, each of the context that was current then.
class DeviceMemory {
 public:
  CUdeviceptr add(std::size_t bytes, CUcontext context);
  bool remove(CUdeviceptr memory, CUcontext context);
  bool holds(CUdeviceptr memory, std::size_t bytes, CUcontext context) const;
  std::size_t bytes() const;
  std::size_t size() const { return blocks_.size(); }
  std::vector<ptx::Range> ranges(CUcontext context) const;

 private:
  struct Block {
    std::vector<std::byte> bytes;
    std::size_t size = 0;
    CUcontext context = nullptr;
  };
  std::map<CUdeviceptr, Block> blocks_;
};

/// Objects by the handles that were given for them.
template <class T>
class Objects {
 public:
  template <class Handle>
  Handle add(T value) {
    auto owned = std::make_unique<T>(std::move(value));
    auto handle = reinterpret_cast<Handle>(owned.get());
    all_.emplace(handle, std::move(owned));
    return handle;
  }
  T* find(const void* handle) {
    const auto found = all_.find(handle);
    return found == all_.end() ? nullptr : found->second.get();
  }
  CUresult remove(const void* handle) {
    return all_.erase(handle) == 1 ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
  }
  std::size_t size() const { return all_.size(); }
  void for_each(const auto& visit) {
    for (auto& [handle, object] : all_) visit(*object);
  }

 private:
  std::map<const void*, std::unique_ptr<T>> all_;
};

struct State {
  std::mutex mutex;
  bool is_initialised = false;
  int driver_version = 13000, capability = 80;
  std::size_t bytes = std::size_t{1} << 32;

  struct Failure {
    int nth = 1;
    CUresult result = CUDA_ERROR_UNKNOWN;
  };
  std::map<std::string, Failure> failures;
  std::map<std::string, long> calls;

  std::map<CUdevice, int> retained;  // contexts
  CUcontext current = nullptr;       // of all threads: no test needs two
  DeviceMemory memory;
  Objects<Stream> streams;
  Objects<Module> modules;
  Objects<Graph> graphs, executables;
  Objects<Event> events;
  long clock = 0;

  void end_captures() {
    streams.for_each([](Stream& stream) { stream.is_capturing = false; });
  }
  long live() const;
};

CUcontext context_of(CUdevice device);

/// The bytes of CU_LAUNCH_PARAM_BUFFER_POINTER. Throws where there are none.
std::vector<std::byte> buffer_of(void** extra);

/// Throws ptx::Violation for whatever the interpreter refuses.
void run(const Kernel& kernel, const DeviceMemory& memory, CUcontext context);

/// "CUDA_ERROR_NOT_FOUND"; nullptr of one that no test needs.
const char* name_of(CUresult result);

}  // namespace zsq::fake
