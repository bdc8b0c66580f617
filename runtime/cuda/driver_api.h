#pragma once

#include <optional>
#include <string>

#include <cuda.h>

namespace zsq::runtime::cuda {

/// The functions of NVIDIA's driver that are called, found at run time: one program serves machines with and
/// without a GPU.
struct DriverApi {
  decltype(&cuInit) init;
  decltype(&cuDriverGetVersion) driver_version;
  decltype(&cuGetErrorName) error_name;
  decltype(&cuDeviceGetCount) device_count;
  decltype(&cuDeviceGet) device;
  decltype(&cuDeviceGetName) device_name;
  decltype(&cuDeviceGetAttribute) device_attribute;
  decltype(&cuDevicePrimaryCtxRetain) retain_context;
  decltype(&cuDevicePrimaryCtxRelease) release_context;
  decltype(&cuCtxSetCurrent) set_context;
  decltype(&cuMemGetInfo) memory_info;
  decltype(&cuMemAlloc) allocate;
  decltype(&cuMemFree) release;
  decltype(&cuMemcpyHtoDAsync) upload;
  decltype(&cuMemcpyDtoHAsync) download;
  decltype(&cuStreamCreate) create_stream;
  decltype(&cuStreamDestroy) destroy_stream;
  decltype(&cuStreamSynchronize) synchronise;
  decltype(&cuStreamBeginCapture) begin_capture;
  decltype(&cuStreamEndCapture) end_capture;
  decltype(&cuEventCreate) create_event;
  decltype(&cuEventDestroy) destroy_event;
  decltype(&cuEventRecord) record_event;
  decltype(&cuEventSynchronize) synchronise_event;
  decltype(&cuEventElapsedTime) elapsed;
  decltype(&cuModuleLoadDataEx) load_module;
  decltype(&cuModuleUnload) unload_module;
  decltype(&cuModuleGetFunction) function;
  decltype(&cuFuncSetAttribute) set_attribute;
  decltype(&cuLaunchKernel) launch;
  decltype(&cuGraphInstantiateWithFlags) instantiate;
  decltype(&cuGraphDestroy) destroy_graph;
  decltype(&cuGraphLaunch) launch_graph;
  decltype(&cuGraphExecDestroy) destroy_executable;
};

/// Those of this machine, found once; else the sentence why there are none.
struct FoundDriver {
  std::optional<DriverApi> api;
  std::string why_not;
};
const FoundDriver& find_driver();

/// Throws Error (Fault::device) for what is not CUDA_SUCCESS: "the GPU's driver refused CALL: CUDA_ERROR_..".
void cuda_check(const DriverApi& api, CUresult result, const char* call);

}  // namespace zsq::runtime::cuda
