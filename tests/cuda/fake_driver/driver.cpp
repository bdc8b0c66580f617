// A libcuda.so.1 whose two GPUs are the interpreter: code that calls the driver runs on machines that have
// none. It is stricter than the real one: it refuses whatever needs another context than the current one, and
// memory and kernels outside what they were given.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>

#include <cuda.h>

#include "tests/cuda/fake_driver/control.h"
#include "tests/cuda/fake_driver/objects.h"

namespace zsq::fake {
namespace {

constexpr int kDevices = 2;

/// ZSQ_FAKE_FAIL=cuMemAlloc in the environment: its first call fails.
std::map<std::string, State::Failure> first_failures() {
  const char* call = std::getenv("ZSQ_FAKE_FAIL");
  if (call == nullptr) return {};
  return {{call, {1, CUDA_ERROR_OUT_OF_MEMORY}}};
}

State& state() {
  static State the_state{.failures = first_failures()};
  return the_state;
}

/// Runs a function of the driver, unless it has been asked to fail.
template <class Body>
CUresult call(const char* name, const Body& body) {
  State& s = state();
  const std::lock_guard lock(s.mutex);
  ++s.calls[name];
  if (const auto found = s.failures.find(name); found != s.failures.end() && --found->second.nth == 0) {
    const CUresult result = found->second.result;
    s.failures.erase(found);
    if (name == std::string("cuStreamEndCapture")) s.end_captures();  // it ends, even where it fails
    return result;
  }
  try {
    return body(s);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "the fake driver: %s: %s\n", name, error.what());
    return CUDA_ERROR_LAUNCH_FAILED;
  }
}

/// Of a stream, whose context must be the current one.
CUresult with_stream(State& s, CUstream handle, const auto& body) {
  Stream* stream = s.streams.find(handle);
  if (stream == nullptr) return CUDA_ERROR_INVALID_HANDLE;
  if (s.current != stream->context) return CUDA_ERROR_INVALID_CONTEXT;
  return body(*stream);
}

CUresult copy(State& s, CUstream handle, CUdeviceptr device, std::size_t bytes, const auto& body) {
  return with_stream(s, handle, [&](Stream& stream) {
    if (stream.is_capturing) return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
    if (!s.memory.holds(device, bytes, s.current)) return CUDA_ERROR_INVALID_VALUE;
    body();
    return CUDA_SUCCESS;
  });
}

}  // namespace
}  // namespace zsq::fake

using namespace zsq::fake;

#define ZSQ_CALL(name) return call(#name, [&]([[maybe_unused]] State& s) -> CUresult
#define ZSQ_END )

extern "C" {

void zsq_fake_fail(const char* name, int nth, int result) {
  state().failures[name] = {nth, static_cast<CUresult>(result)};
}
long zsq_fake_calls(const char* name) { return state().calls[name]; }
long zsq_fake_live() { return state().live(); }
void zsq_fake_set(long memory, int driver_version, int capability) {
  state().bytes = static_cast<std::size_t>(memory);
  state().driver_version = driver_version;
  state().capability = capability;
}

CUresult CUDAAPI cuInit(unsigned) {
  ZSQ_CALL(cuInit) {
    s.is_initialised = true;
    return CUDA_SUCCESS;
  }
  ZSQ_END;
}
CUresult CUDAAPI cuDriverGetVersion(int* version) {
  ZSQ_CALL(cuDriverGetVersion) {
    *version = s.driver_version;
    return CUDA_SUCCESS;
  }
  ZSQ_END;
}
CUresult CUDAAPI cuGetErrorName(CUresult error, const char** name) {
  *name = name_of(error);
  return *name == nullptr ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS;
}
CUresult CUDAAPI cuDeviceGetCount(int* count) {
  ZSQ_CALL(cuDeviceGetCount) {
    *count = kDevices;
    return s.is_initialised ? CUDA_SUCCESS : CUDA_ERROR_NOT_INITIALIZED;
  }
  ZSQ_END;
}
CUresult CUDAAPI cuDeviceGet(CUdevice* device, int index) {
  ZSQ_CALL(cuDeviceGet) {
    *device = index;
    return index < kDevices ? CUDA_SUCCESS : CUDA_ERROR_INVALID_DEVICE;
  }
  ZSQ_END;
}
CUresult CUDAAPI cuDeviceGetName(char* name, int room, CUdevice device) {
  ZSQ_CALL(cuDeviceGetName) {
    std::snprintf(name, static_cast<std::size_t>(room), "fake GPU %d", device);
    return CUDA_SUCCESS;
  }
  ZSQ_END;
}
CUresult CUDAAPI cuDeviceGetAttribute(int* value, CUdevice_attribute attribute, CUdevice) {
  ZSQ_CALL(cuDeviceGetAttribute) {
    switch (attribute) {
      case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR: *value = s.capability / 10; break;
      case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR: *value = s.capability % 10; break;
      case CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT: *value = 108; break;
      default: return CUDA_ERROR_INVALID_VALUE;
    }
    return CUDA_SUCCESS;
  }
  ZSQ_END;
}

CUresult CUDAAPI cuDevicePrimaryCtxRetain(CUcontext* context, CUdevice device) {
  ZSQ_CALL(cuDevicePrimaryCtxRetain) {
    ++s.retained[device];
    *context = context_of(device);
    return CUDA_SUCCESS;
  }
  ZSQ_END;
}
CUresult CUDAAPI cuDevicePrimaryCtxRelease(CUdevice device) {
  ZSQ_CALL(cuDevicePrimaryCtxRelease) {
    return --s.retained[device] >= 0 ? CUDA_SUCCESS : CUDA_ERROR_INVALID_CONTEXT;
  }
  ZSQ_END;
}
CUresult CUDAAPI cuCtxSetCurrent(CUcontext context) {
  ZSQ_CALL(cuCtxSetCurrent) {
    s.current = context;
    return CUDA_SUCCESS;
  }
  ZSQ_END;
}

CUresult CUDAAPI cuMemGetInfo(std::size_t* free, std::size_t* total) {
  ZSQ_CALL(cuMemGetInfo) {
    *total = s.bytes;
    *free = s.bytes - s.memory.bytes();
    return CUDA_SUCCESS;
  }
  ZSQ_END;
}
CUresult CUDAAPI cuMemAlloc(CUdeviceptr* memory, std::size_t bytes) {
  ZSQ_CALL(cuMemAlloc) {
    if (s.current == nullptr) return CUDA_ERROR_INVALID_CONTEXT;
    if (bytes > s.bytes - s.memory.bytes()) return CUDA_ERROR_OUT_OF_MEMORY;
    *memory = s.memory.add(bytes, s.current);
    return CUDA_SUCCESS;
  }
  ZSQ_END;
}
CUresult CUDAAPI cuMemFree(CUdeviceptr memory) {
  ZSQ_CALL(cuMemFree) { return s.memory.remove(memory, s.current) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE; }
  ZSQ_END;
}
CUresult CUDAAPI cuMemcpyHtoDAsync(CUdeviceptr to, const void* from, std::size_t bytes, CUstream stream) {
  ZSQ_CALL(cuMemcpyHtoDAsync) {
    return copy(s, stream, to, bytes, [&] { std::memcpy(reinterpret_cast<void*>(to), from, bytes); });
  }
  ZSQ_END;
}
CUresult CUDAAPI cuMemcpyDtoHAsync(void* to, CUdeviceptr from, std::size_t bytes, CUstream stream) {
  ZSQ_CALL(cuMemcpyDtoHAsync) {
    return copy(s, stream, from, bytes, [&] { std::memcpy(to, reinterpret_cast<const void*>(from), bytes); });
  }
  ZSQ_END;
}

CUresult CUDAAPI cuStreamCreate(CUstream* stream, unsigned) {
  ZSQ_CALL(cuStreamCreate) {
    if (s.current == nullptr) return CUDA_ERROR_INVALID_CONTEXT;
    *stream = s.streams.add<CUstream>({.context = s.current});
    return CUDA_SUCCESS;
  }
  ZSQ_END;
}
CUresult CUDAAPI cuStreamDestroy(CUstream stream) {
  ZSQ_CALL(cuStreamDestroy) { return s.streams.remove(stream); }
  ZSQ_END;
}
CUresult CUDAAPI cuStreamSynchronize(CUstream stream) {
  ZSQ_CALL(cuStreamSynchronize) {
    return with_stream(s, stream, [](const Stream& one) {
      return one.is_capturing ? CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED : CUDA_SUCCESS;
    });
  }
  ZSQ_END;
}
CUresult CUDAAPI cuStreamBeginCapture(CUstream stream, CUstreamCaptureMode) {
  ZSQ_CALL(cuStreamBeginCapture) {
    return with_stream(s, stream, [](Stream& one) {
      if (one.is_capturing) return CUDA_ERROR_ILLEGAL_STATE;
      one.is_capturing = true;
      one.captured.clear();
      return CUDA_SUCCESS;
    });
  }
  ZSQ_END;
}
CUresult CUDAAPI cuStreamEndCapture(CUstream stream, CUgraph* graph) {
  ZSQ_CALL(cuStreamEndCapture) {
    return with_stream(s, stream, [&](Stream& one) {
      if (!one.is_capturing) return CUDA_ERROR_ILLEGAL_STATE;
      one.is_capturing = false;
      *graph = s.graphs.add<CUgraph>({std::move(one.captured)});
      return CUDA_SUCCESS;
    });
  }
  ZSQ_END;
}

CUresult CUDAAPI cuModuleLoadDataEx(CUmodule* module, const void* image, unsigned, CUjit_option*, void**) {
  ZSQ_CALL(cuModuleLoadDataEx) {
    if (s.current == nullptr) return CUDA_ERROR_INVALID_CONTEXT;
    *module = s.modules.add<CUmodule>(Module(static_cast<const char*>(image)));
    return CUDA_SUCCESS;
  }
  ZSQ_END;
}
CUresult CUDAAPI cuModuleUnload(CUmodule module) {
  ZSQ_CALL(cuModuleUnload) { return s.modules.remove(module); }
  ZSQ_END;
}
CUresult CUDAAPI cuModuleGetFunction(CUfunction* function, CUmodule handle, const char* name) {
  ZSQ_CALL(cuModuleGetFunction) {
    Module* module = s.modules.find(handle);
    if (module == nullptr) return CUDA_ERROR_INVALID_HANDLE;
    Function* found = module->find(name);
    *function = reinterpret_cast<CUfunction>(found);
    return found != nullptr ? CUDA_SUCCESS : CUDA_ERROR_NOT_FOUND;
  }
  ZSQ_END;
}
CUresult CUDAAPI cuFuncSetAttribute(CUfunction function, CUfunction_attribute attribute, int value) {
  ZSQ_CALL(cuFuncSetAttribute) {
    if (attribute != CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES) return CUDA_ERROR_INVALID_VALUE;
    reinterpret_cast<Function*>(function)->most_shared_bytes = value;
    return CUDA_SUCCESS;
  }
  ZSQ_END;
}
CUresult CUDAAPI cuLaunchKernel(CUfunction function, unsigned x, unsigned y, unsigned z, unsigned block_x,
                                unsigned block_y, unsigned block_z, unsigned shared_bytes, CUstream stream,
                                void** parameters, void** extra) {
  ZSQ_CALL(cuLaunchKernel) {
    return with_stream(s, stream, [&](Stream& one) {
      if (parameters != nullptr || extra == nullptr) return CUDA_ERROR_INVALID_VALUE;
      Kernel kernel{.function = reinterpret_cast<Function*>(function),
                    .shape = {.grid = {x, y, z}, .block = {block_x, block_y, block_z}},
                    .arguments = buffer_of(extra)};
      kernel.shape.dynamic_shared_bytes = shared_bytes;
      const Function& f = *kernel.function;
      const auto all_shared = static_cast<long>(shared_bytes) + f.program->body.shared_bytes;
      if (static_cast<int>(shared_bytes) > f.most_shared_bytes) return CUDA_ERROR_INVALID_VALUE;
      if (all_shared > std::max<long>(kSharedBytes, f.most_shared_bytes)) return CUDA_ERROR_INVALID_VALUE;
      if (one.is_capturing)
        one.captured.push_back(std::move(kernel));
      else
        run(kernel, s.memory, s.current);
      return CUDA_SUCCESS;
    });
  }
  ZSQ_END;
}

CUresult CUDAAPI cuGraphInstantiateWithFlags(CUgraphExec* executable, CUgraph handle, unsigned long long) {
  ZSQ_CALL(cuGraphInstantiateWithFlags) {
    const Graph* graph = s.graphs.find(handle);
    if (graph == nullptr) return CUDA_ERROR_INVALID_HANDLE;
    *executable = s.executables.add<CUgraphExec>(Graph(*graph));
    return CUDA_SUCCESS;
  }
  ZSQ_END;
}
CUresult CUDAAPI cuGraphDestroy(CUgraph graph) {
  ZSQ_CALL(cuGraphDestroy) { return s.graphs.remove(graph); }
  ZSQ_END;
}
CUresult CUDAAPI cuGraphLaunch(CUgraphExec handle, CUstream stream) {
  ZSQ_CALL(cuGraphLaunch) {
    const Graph* graph = s.executables.find(handle);
    if (graph == nullptr) return CUDA_ERROR_INVALID_HANDLE;
    return with_stream(s, stream, [&](const Stream&) {
      for (const Kernel& kernel : graph->kernels) run(kernel, s.memory, s.current);
      return CUDA_SUCCESS;
    });
  }
  ZSQ_END;
}
CUresult CUDAAPI cuGraphExecDestroy(CUgraphExec executable) {
  ZSQ_CALL(cuGraphExecDestroy) { return s.executables.remove(executable); }
  ZSQ_END;
}

#ifndef ZSQ_FAKE_WITHOUT_EVENTS  // an older driver, which lacks a function
CUresult CUDAAPI cuEventCreate(CUevent* event, unsigned) {
  ZSQ_CALL(cuEventCreate) {
    *event = s.events.add<CUevent>({});
    return CUDA_SUCCESS;
  }
  ZSQ_END;
}
#endif
CUresult CUDAAPI cuEventDestroy(CUevent event) {
  ZSQ_CALL(cuEventDestroy) { return s.events.remove(event); }
  ZSQ_END;
}
CUresult CUDAAPI cuEventRecord(CUevent handle, CUstream stream) {
  ZSQ_CALL(cuEventRecord) {
    Event* event = s.events.find(handle);
    if (event == nullptr) return CUDA_ERROR_INVALID_HANDLE;
    return with_stream(s, stream, [&](const Stream&) {
      event->at = ++s.clock;
      return CUDA_SUCCESS;
    });
  }
  ZSQ_END;
}
CUresult CUDAAPI cuEventSynchronize(CUevent event) {
  ZSQ_CALL(cuEventSynchronize) {
    return s.events.find(event) != nullptr ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
  }
  ZSQ_END;
}
CUresult CUDAAPI cuEventElapsedTime(float* milliseconds, CUevent start, CUevent end) {
  ZSQ_CALL(cuEventElapsedTime) {
    const Event *first = s.events.find(start), *last = s.events.find(end);
    if (first == nullptr || last == nullptr) return CUDA_ERROR_INVALID_HANDLE;
    if (first->at == 0 || last->at == 0) return CUDA_ERROR_NOT_READY;
    *milliseconds = static_cast<float>(last->at - first->at);
    return CUDA_SUCCESS;
  }
  ZSQ_END;
}

}  // extern "C"
