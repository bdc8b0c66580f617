// Code that calls the driver, on a libcuda.so.1 whose GPUs are the interpreter. CTest puts it on
// LD_LIBRARY_PATH.
#include "runtime/cuda/driver.h"

#include <cuda.h>
#include <dlfcn.h>
#include <gtest/gtest.h>

#include "graph/check.h"
#include "runtime/compare.h"
#include "runtime/cuda/session.h"
#include "tests/cuda/fake_driver/control.h"
#include "tests/cuda/shapes.h"
#include "tests/runtime/outputs.h"
#include "tests/runtime/random_plan.h"

namespace zsq::runtime {
namespace {

constexpr long kMemory = 1L << 32;
constexpr int kVersion = 13000, kCapability = 80;

class Driver : public testing::Test {
 protected:
  Driver() {
    library_ = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
    if (library_ == nullptr || dlsym(library_, "zsq_fake_fail") == nullptr)
      throw std::runtime_error("the driver of this process is not the fake one: run it by ctest");
    set(kMemory, kVersion, kCapability);
  }
  ~Driver() override {
    set(kMemory, kVersion, kCapability);
    dlclose(library_);
  }

  void fail(const std::string& call, int nth, CUresult result) const {
    reinterpret_cast<decltype(&zsq_fake_fail)>(dlsym(library_, "zsq_fake_fail"))(call.c_str(), nth,
                                                                                 static_cast<int>(result));
  }
  long calls(const std::string& call) const {
    return reinterpret_cast<decltype(&zsq_fake_calls)>(dlsym(library_, "zsq_fake_calls"))(call.c_str());
  }
  long live() const { return reinterpret_cast<decltype(&zsq_fake_live)>(dlsym(library_, "zsq_fake_live"))(); }
  void set(long memory, int version, int capability) const {
    reinterpret_cast<decltype(&zsq_fake_set)>(dlsym(library_, "zsq_fake_set"))(memory, version, capability);
  }

 private:
  void* library_ = nullptr;
};

Plan small_plan() {
  PlanBuilder b(3, {1, 3, 12, 9});
  const SlotId first = b.conv(b.image(), {.outputs = 20, .window = {{3, 3}, {}, {}, {1, 1, 1, 1}}});
  return b.finish({b.conv(first, {.outputs = 20, .residual = b.table(first)})});
}

/// A session of the public kind, with its answer.
void run_once(const Plan& plan, int device_index = 0) {
  const auto pixels = random_pixels(plan, 2, 5);
  Outputs wanted(plan, 2), got(plan, 2);
  make_session(plan, Device::reference)->run(pixels, wanted.spans());
  make_session(plan, Device::cuda, {.device_index = device_index})->run(pixels, got.spans());
  EXPECT_EQ(got, wanted);
}

std::string message_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::device) << error.what();
    return error.what();
  }
  return "";
}

TEST_F(Driver, RunsPlansAsTheReferenceDoes) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Plan plan = random_plan(400 + seed, seed % 2 == 0 ? Manner::hurting : Manner::common);
    const auto found =
        compare(plan, std::array{Device::cuda}, random_pixels(plan, 3, seed), {.session = {}, .batch = 2});
    EXPECT_EQ(found.front().mismatches, 0) << describe(plan, *found.front().first);
    run_once(plan);
  }
  EXPECT_EQ(live(), 0);
}

/// Of real sizes: blocks with more shared memory than a kernel has without asking, and stems with pools.
TEST_F(Driver, RunsNetworksOfRealSizes) {
  for (const char* network : {"resnet50", "mobilenet_v2"}) {
    const Plan plan = plan_shaped_like(network, 64);
    const auto pixels = random_pixels(plan, 1, 5);
    Outputs wanted(plan, 1), got(plan, 1);
    make_session(plan, Device::cpu)->run(pixels, wanted.spans());
    make_session(plan, Device::cuda)->run(pixels, got.spans());
    EXPECT_EQ(got, wanted) << network;
  }
}

TEST_F(Driver, RunsTheGpuThatIsNamed) {
  const Plan plan = small_plan();
  run_once(plan, 1);
  EXPECT_EQ(message_of([&] { run_once(plan, 2); }),
            "there is no cuda device here: the NVIDIA driver knows 2 GPUs, number 2 is none of them");
  EXPECT_EQ(live(), 0);
}

/// Each has its own context, which must be the current one for whatever it asks.
TEST_F(Driver, RunsTwoGpusInTurns) {
  const Plan plan = small_plan();
  const auto pixels = random_pixels(plan, 2, 5);
  Outputs wanted(plan, 2), got(plan, 2);
  make_session(plan, Device::reference)->run(pixels, wanted.spans());
  std::vector<std::unique_ptr<cuda::ResidentSession>> sessions;
  std::vector<std::shared_ptr<cuda::Gpu>> gpus;
  for (int i = 0; i < 2; ++i) {
    gpus.push_back(cuda::open_gpu(i));
    sessions.push_back(cuda::make_session_on(gpus.back(), plan));
  }
  for (int i = 0; i < 4; ++i) {
    sessions[static_cast<std::size_t>(i % 2)]->run(pixels, got.spans());
    EXPECT_EQ(got, wanted);
  }
  for (const std::size_t i : {0U, 1U}) {
    sessions[i]->run_resident(2);
    gpus[i]->synchronise();
    EXPECT_GT(gpus[i]->seconds_of([&] { sessions[i]->run_resident(2); }), 0);
  }
}

TEST_F(Driver, SaysHowMuchMemoryIsNeededAndHowMuchIsFree) {
  const Plan plan = small_plan();
  set(60'000, kVersion, kCapability);
  const auto session = make_session(plan, Device::cuda);
  Outputs one(plan, 1), many(plan, 100);
  const std::string text = message_of([&] { session->run(random_pixels(plan, 100, 1), many.spans()); });
  EXPECT_NE(text.find("the activations of 100 images need "), std::string::npos) << text;
  EXPECT_NE(text.find(" are free; try a smaller batch"), std::string::npos) << text;
  session->run(random_pixels(plan, 1, 1), one.spans());
}

TEST_F(Driver, RefusesAGpuThatIsTooOld) {
  set(kMemory, kVersion, 75);
  const std::string text = message_of([] { run_once(small_plan()); });
  EXPECT_NE(text.find("compute capability 8.0 or newer is needed"), std::string::npos) << text;
}

TEST_F(Driver, SaysThatItIsTooOldForTheKernels) {
  set(kMemory, 12040, kCapability);
  fail("cuModuleLoadDataEx", 1, CUDA_ERROR_UNSUPPORTED_PTX_VERSION);
  EXPECT_EQ(
      message_of([] { run_once(small_plan()); }),
      "the NVIDIA driver of this machine is of CUDA 12.4, too old for the kernels of this build; update it");
  EXPECT_EQ(live(), 0);
}

/// Whatever fails: one sentence with the call, nothing is left behind, and the next attempt succeeds.
TEST_F(Driver, EveryCallMayFail) {
  const Plan plan = small_plan();
  for (const char* call : {"cuInit",
                           "cuDeviceGetCount",
                           "cuDeviceGet",
                           "cuDeviceGetName",
                           "cuDriverGetVersion",
                           "cuDeviceGetAttribute",
                           "cuDevicePrimaryCtxRetain",
                           "cuCtxSetCurrent",
                           "cuStreamCreate",
                           "cuModuleLoadDataEx",
                           "cuMemAlloc",
                           "cuMemcpyHtoDAsync",
                           "cuMemcpyDtoHAsync",
                           "cuStreamSynchronize",
                           "cuModuleGetFunction",
                           "cuLaunchKernel",
                           "cuStreamBeginCapture",
                           "cuStreamEndCapture",
                           "cuGraphInstantiateWithFlags",
                           "cuGraphLaunch"}) {
    const long before = calls(call);
    run_once(plan);
    const auto times = static_cast<int>(calls(call) - before);
    EXPECT_GT(times, 0) << call;
    for (int nth = 1; nth <= times; ++nth) {
      SCOPED_TRACE(testing::Message() << call << ", call " << nth);
      fail(call, nth, CUDA_ERROR_LAUNCH_FAILED);
      const std::string text = message_of([&] { run_once(plan); });
      if (text.empty() && call == std::string("cuCtxSetCurrent")) continue;  // while all is given back
      EXPECT_NE(text.find(call), std::string::npos) << text;
      EXPECT_NE(text.find("CUDA_ERROR_LAUNCH_FAILED"), std::string::npos) << text;
      EXPECT_EQ(text.find('\n'), std::string::npos) << text;
      EXPECT_EQ(live(), 0);
      fail(call, 0, CUDA_SUCCESS);
    }
  }
  run_once(plan);
}

/// What fails while a session runs does not spoil the session.
TEST_F(Driver, ASessionRunsAgainAfterALaunchFailed) {
  const Plan plan = small_plan();
  const auto pixels = random_pixels(plan, 2, 5);
  Outputs wanted(plan, 2), got(plan, 2);
  make_session(plan, Device::reference)->run(pixels, wanted.spans());
  for (const char* call : {"cuLaunchKernel", "cuStreamBeginCapture", "cuStreamEndCapture",
                           "cuGraphInstantiateWithFlags", "cuGraphLaunch", "cuMemcpyDtoHAsync"}) {
    const auto session = make_session(plan, Device::cuda);
    fail(call, 1, CUDA_ERROR_LAUNCH_FAILED);
    EXPECT_NE(message_of([&] { session->run(pixels, got.spans()); }), "") << call;
    session->run(pixels, got.spans());
    EXPECT_EQ(got, wanted) << call;
  }
}

}  // namespace
}  // namespace zsq::runtime
