#include "runtime/cuda/driver.h"

#include <algorithm>
#include <functional>
#include <map>

#include "graph/check.h"
#include "runtime/cuda/driver_api.h"
#include "runtime/cuda/modules.h"

namespace zsq::runtime::cuda {
namespace {

struct Capability {
  int major = 0, minor = 0;
};

/// 13000 is "13.0".
std::string text_of_version(int version) {
  return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

Capability capability_of(const DriverApi& api, CUdevice device) {
  Capability c;
  cuda_check(api, api.device_attribute(&c.major, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, device),
             "cuDeviceGetAttribute");
  cuda_check(api, api.device_attribute(&c.minor, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, device),
             "cuDeviceGetAttribute");
  return c;
}

DriverState look(const DriverApi& api, int index) {
  cuda_check(api, api.init(0), "cuInit");
  int count = 0, version = 0;
  cuda_check(api, api.device_count(&count), "cuDeviceGetCount");
  if (index < 0 || index >= count)
    return {false, "the NVIDIA driver knows " + std::to_string(count) + " GPUs, number " +
                       std::to_string(index) + " is none of them"};
  CUdevice device = 0;
  cuda_check(api, api.device(&device, index), "cuDeviceGet");
  std::array<char, 256> name{};
  cuda_check(api, api.device_name(name.data(), static_cast<int>(name.size()), device), "cuDeviceGetName");
  cuda_check(api, api.driver_version(&version), "cuDriverGetVersion");
  const Capability c = capability_of(api, device);
  const std::string text = std::string(name.data()) + ", compute capability " + std::to_string(c.major) +
                           "." + std::to_string(c.minor) + ", driver " + text_of_version(version);
  constexpr int kAmpere = 8;
  if (c.major < kAmpere) return {false, text + ": compute capability 8.0 or newer is needed"};
  return {true, text};
}

/// What is to be done in the end, the last first: also where a constructor has come half of its way.
class Undo {
 public:
  Undo() = default;
  Undo(const Undo&) = delete;
  Undo& operator=(const Undo&) = delete;
  ~Undo() {
    for (auto one = all_.rbegin(); one != all_.rend(); ++one) (*one)();
  }
  void add(std::function<void()> one) { all_.push_back(std::move(one)); }

 private:
  std::vector<std::function<void()>> all_;
};

class DriverRecording final : public Recording {
 public:
  DriverRecording(const DriverApi& api, CUcontext context, CUgraphExec executable, CUstream stream)
      : api_(api), context_(context), executable_(executable), stream_(stream) {}
  DriverRecording(const DriverRecording&) = delete;
  DriverRecording& operator=(const DriverRecording&) = delete;
  ~DriverRecording() override {
    api_.set_context(context_);
    api_.destroy_executable(executable_);
  }
  void start() override {
    cuda_check(api_, api_.set_context(context_), "cuCtxSetCurrent");
    cuda_check(api_, api_.launch_graph(executable_, stream_), "cuGraphLaunch");
  }

 private:
  const DriverApi& api_;
  CUcontext context_;
  CUgraphExec executable_;
  CUstream stream_;
};

/// A moment of a stream.
class Event {
 public:
  explicit Event(const DriverApi& api) : api_(api) {
    cuda_check(api_, api_.create_event(&event_, CU_EVENT_DEFAULT), "cuEventCreate");
  }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() { api_.destroy_event(event_); }

  void record(CUstream stream) { cuda_check(api_, api_.record_event(event_, stream), "cuEventRecord"); }
  void wait() { cuda_check(api_, api_.synchronise_event(event_), "cuEventSynchronize"); }
  double seconds_since(const Event& earlier) const {
    float milliseconds = 0;
    cuda_check(api_, api_.elapsed(&milliseconds, earlier.event_, event_), "cuEventElapsedTime");
    return static_cast<double>(milliseconds) / 1e3;
  }

 private:
  const DriverApi& api_;
  CUevent event_ = nullptr;
};

/// One stream of one GPU.
class DriverGpu final : public Gpu {
 public:
  DriverGpu(const DriverApi& api, int index) : api_(api) {
    call(api_.device(&device_, index), "cuDeviceGet");
    call(api_.retain_context(&context_, device_), "cuDevicePrimaryCtxRetain");
    undo_.add([this] { api_.release_context(device_); });
    enter();
    call(api_.create_stream(&stream_, CU_STREAM_NON_BLOCKING), "cuStreamCreate");
    undo_.add([this] { api_.destroy_stream(stream_); });
    for (const Module& module : cuda::modules()) load(module);
  }
  DriverGpu(const DriverGpu&) = delete;
  DriverGpu& operator=(const DriverGpu&) = delete;
  ~DriverGpu() override {
    api_.set_context(context_);  // for undo_
  }

  int multiprocessors() const override {
    int count = 1;
    call(api_.device_attribute(&count, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, device_),
         "cuDeviceGetAttribute");
    return count;
  }

  Address allocate(std::int64_t bytes, const std::string& purpose) override {
    enter();
    CUdeviceptr memory = 0;
    const CUresult result = api_.allocate(&memory, static_cast<std::size_t>(bytes));
    if (result == CUDA_ERROR_OUT_OF_MEMORY) {
      std::size_t free = 0, total = 0;
      call(api_.memory_info(&free, &total), "cuMemGetInfo");
      fail(Fault::device, purpose, " need ", bytes, " bytes of the GPU's memory, of which ", free,
           " are free; try a smaller batch");
    }
    call(result, "cuMemAlloc");
    return memory;
  }
  void release(Address memory) noexcept override {
    api_.set_context(context_);
    api_.release(memory);
  }

  void upload(Address to, std::span<const std::byte> from) override {
    enter();
    call(api_.upload(to, from.data(), from.size(), stream_), "cuMemcpyHtoDAsync");
  }
  void download(std::span<std::byte> to, Address from) override {
    enter();
    call(api_.download(to.data(), from, to.size(), stream_), "cuMemcpyDtoHAsync");
    synchronise();
  }

  void launch(const Launch& l) override {
    enter();
    std::size_t bytes = l.arguments.size();
    std::array<void*, 5> arguments{CU_LAUNCH_PARAM_BUFFER_POINTER, const_cast<std::byte*>(l.arguments.data()),
                                   CU_LAUNCH_PARAM_BUFFER_SIZE, &bytes, CU_LAUNCH_PARAM_END};
    const CUfunction function = function_of(l);
    cuda_check(api_,
               api_.launch(function, l.grid[0], l.grid[1], l.grid[2], l.block[0], l.block[1], l.block[2],
                           l.dynamic_shared_bytes, stream_, nullptr, arguments.data()),
               ("cuLaunchKernel of " + l.kernel).c_str());
  }

  std::unique_ptr<Recording> record(std::span<const Launch> launches) override {
    enter();
    for (const Launch& l : launches) function_of(l);
    const CUgraph graph = capture(launches);
    CUgraphExec executable = nullptr;
    const CUresult result = api_.instantiate(&executable, graph, 0);
    api_.destroy_graph(graph);
    call(result, "cuGraphInstantiateWithFlags");
    return std::make_unique<DriverRecording>(api_, context_, executable, stream_);
  }

  double seconds_of(const std::function<void()>& work) override {
    enter();
    Event start(api_), end(api_);
    start.record(stream_);
    work();
    enter();
    end.record(stream_);
    end.wait();
    return end.seconds_since(start);
  }

  void synchronise() override {
    enter();
    call(api_.synchronise(stream_), "cuStreamSynchronize");
  }

 private:
  void call(CUresult result, const char* name) const { cuda_check(api_, result, name); }
  void enter() const { call(api_.set_context(context_), "cuCtxSetCurrent"); }

  void load(const Module& module) {
    const std::string text(module.ptx);  // which ends in a zero
    CUmodule loaded = nullptr;
    const CUresult result = api_.load_module(&loaded, text.c_str(), 0, nullptr, nullptr);
    if (result == CUDA_ERROR_UNSUPPORTED_PTX_VERSION) {
      int version = 0;
      call(api_.driver_version(&version), "cuDriverGetVersion");
      fail(Fault::device, "the NVIDIA driver of this machine is of CUDA ", text_of_version(version),
           ", too old for the kernels of this build; update it");
    }
    call(result, "cuModuleLoadDataEx");
    modules_.push_back(loaded);
    undo_.add([this, loaded] { api_.unload_module(loaded); });
  }

  /// The stream is as it was, whatever fails.
  CUgraph capture(std::span<const Launch> launches) {
    CUgraph graph = nullptr;
    call(api_.begin_capture(stream_, CU_STREAM_CAPTURE_MODE_RELAXED), "cuStreamBeginCapture");
    try {
      for (const Launch& l : launches) launch(l);
    } catch (const Error&) {
      if (api_.end_capture(stream_, &graph) == CUDA_SUCCESS) api_.destroy_graph(graph);
      throw;
    }
    call(api_.end_capture(stream_, &graph), "cuStreamEndCapture");
    return graph;
  }

  CUfunction function_of(const Launch& l) {
    const auto found = functions_.find(l.kernel);
    if (found != functions_.end()) return found->second;
    CUfunction function = nullptr;
    for (const CUmodule module : modules_) {
      const CUresult result = api_.function(&function, module, l.kernel.c_str());
      if (result == CUDA_SUCCESS) break;
      function = nullptr;
      if (result != CUDA_ERROR_NOT_FOUND) call(result, "cuModuleGetFunction");
    }
    check(function != nullptr, Fault::device, "the kernel ", l.kernel, " is not in this build");
    constexpr std::uint32_t kWithoutAsking = 48 * 1024;
    if (l.dynamic_shared_bytes > kWithoutAsking)
      call(api_.set_attribute(function, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES,
                              static_cast<int>(l.dynamic_shared_bytes)),
           "cuFuncSetAttribute");
    return functions_[l.kernel] = function;
  }

  const DriverApi& api_;
  CUdevice device_ = 0;
  CUcontext context_ = nullptr;
  CUstream stream_ = nullptr;
  std::vector<CUmodule> modules_;
  std::map<std::string, CUfunction> functions_;
  Undo undo_;  // after all that it uses
};

}  // namespace

DriverState driver_state(int index) {
  const FoundDriver& found = find_driver();
  if (!found.api) return {false, found.why_not};
  try {
    return look(*found.api, index);
  } catch (const Error& error) {
    return {false, error.what()};
  }
}

std::shared_ptr<Gpu> open_gpu(int index) {
  const DriverState state = driver_state(index);
  check(state.is_usable, Fault::device, "there is no GPU to use: ", state.text);
  return std::make_shared<DriverGpu>(*find_driver().api, index);
}

}  // namespace zsq::runtime::cuda
