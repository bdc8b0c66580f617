#include "runtime/cuda/driver_api.h"

#include <dlfcn.h>

#include "graph/check.h"

namespace zsq::runtime::cuda {
namespace {

#define ZSQ_TEXT_OF(x) #x
/// The name under which the library has a function: cuda.h renames some to their latest version.
#define ZSQ_SYMBOL(x) ZSQ_TEXT_OF(x)

/// Looks functions up, and remembers the first that is missing.
class Symbols {
 public:
  explicit Symbols(void* library) : library_(library) {}

  template <class F>
  void find(F& function, const char* name) {
    function = reinterpret_cast<F>(dlsym(library_, name));
    if (function == nullptr && missing_.empty()) missing_ = name;
  }
  const std::string& missing() const { return missing_; }

 private:
  void* library_;
  std::string missing_;
};

FoundDriver find() {
  void* library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return {{}, "no NVIDIA driver is installed: libcuda.so.1 was not found"};
  DriverApi api{};
  Symbols symbols(library);
  symbols.find(api.init, ZSQ_SYMBOL(cuInit));
  symbols.find(api.driver_version, ZSQ_SYMBOL(cuDriverGetVersion));
  symbols.find(api.error_name, ZSQ_SYMBOL(cuGetErrorName));
  symbols.find(api.device_count, ZSQ_SYMBOL(cuDeviceGetCount));
  symbols.find(api.device, ZSQ_SYMBOL(cuDeviceGet));
  symbols.find(api.device_name, ZSQ_SYMBOL(cuDeviceGetName));
  symbols.find(api.device_attribute, ZSQ_SYMBOL(cuDeviceGetAttribute));
  symbols.find(api.retain_context, ZSQ_SYMBOL(cuDevicePrimaryCtxRetain));
  symbols.find(api.release_context, ZSQ_SYMBOL(cuDevicePrimaryCtxRelease));
  symbols.find(api.set_context, ZSQ_SYMBOL(cuCtxSetCurrent));
  symbols.find(api.memory_info, ZSQ_SYMBOL(cuMemGetInfo));
  symbols.find(api.allocate, ZSQ_SYMBOL(cuMemAlloc));
  symbols.find(api.release, ZSQ_SYMBOL(cuMemFree));
  symbols.find(api.upload, ZSQ_SYMBOL(cuMemcpyHtoDAsync));
  symbols.find(api.download, ZSQ_SYMBOL(cuMemcpyDtoHAsync));
  symbols.find(api.create_stream, ZSQ_SYMBOL(cuStreamCreate));
  symbols.find(api.destroy_stream, ZSQ_SYMBOL(cuStreamDestroy));
  symbols.find(api.synchronise, ZSQ_SYMBOL(cuStreamSynchronize));
  symbols.find(api.begin_capture, ZSQ_SYMBOL(cuStreamBeginCapture));
  symbols.find(api.end_capture, ZSQ_SYMBOL(cuStreamEndCapture));
  symbols.find(api.create_event, ZSQ_SYMBOL(cuEventCreate));
  symbols.find(api.destroy_event, ZSQ_SYMBOL(cuEventDestroy));
  symbols.find(api.record_event, ZSQ_SYMBOL(cuEventRecord));
  symbols.find(api.synchronise_event, ZSQ_SYMBOL(cuEventSynchronize));
  symbols.find(api.elapsed, ZSQ_SYMBOL(cuEventElapsedTime));
  symbols.find(api.load_module, ZSQ_SYMBOL(cuModuleLoadDataEx));
  symbols.find(api.unload_module, ZSQ_SYMBOL(cuModuleUnload));
  symbols.find(api.function, ZSQ_SYMBOL(cuModuleGetFunction));
  symbols.find(api.set_attribute, ZSQ_SYMBOL(cuFuncSetAttribute));
  symbols.find(api.launch, ZSQ_SYMBOL(cuLaunchKernel));
  symbols.find(api.instantiate, ZSQ_SYMBOL(cuGraphInstantiateWithFlags));
  symbols.find(api.destroy_graph, ZSQ_SYMBOL(cuGraphDestroy));
  symbols.find(api.launch_graph, ZSQ_SYMBOL(cuGraphLaunch));
  symbols.find(api.destroy_executable, ZSQ_SYMBOL(cuGraphExecDestroy));
  if (!symbols.missing().empty())
    return {{}, "the NVIDIA driver of this machine is too old: it has no " + symbols.missing()};
  return {api, ""};
}

}  // namespace

const FoundDriver& find_driver() {
  static const FoundDriver kFound = find();
  return kFound;
}

void cuda_check(const DriverApi& api, CUresult result, const char* call) {
  if (result == CUDA_SUCCESS) return;
  const char* name = nullptr;
  api.error_name(result, &name);
  fail(Fault::device, "the GPU's driver refused ", call, ": ", name == nullptr ? "an unknown error" : name);
}

}  // namespace zsq::runtime::cuda
