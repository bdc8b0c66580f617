// The program with a driver whose GPUs are the interpreter, and with one that is too old.
#include <cstdlib>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "runtime/plan_file.h"
#include "tests/e2e/folder.h"
#include "tests/runtime/random_plan.h"

namespace zsq::e2e {
namespace {

using nlohmann::json;

class CudaProgram : public testing::Test {
 protected:
  CudaProgram() { runtime::save_plan(runtime::random_plan_file(7), folder_ / "plan.zsq"); }

  Ended run(const std::string& driver, const std::vector<std::string>& words,
            std::vector<std::string> variables = {}) const {
    const char* path = std::getenv("LD_LIBRARY_PATH");
    variables.push_back("LD_LIBRARY_PATH=" + std::string(std::getenv("ZSQ_DRIVERS")) + "/" + driver +
                        (path == nullptr ? "" : std::string(":") + path));
    return run_zsq(words, {.folder = folder_.path(), .variables = variables});
  }

  Folder folder_;
};

TEST_F(CudaProgram, VerifiesOnTheGpuThatIsNamed) {
  for (const char* device : {"cuda", "cuda:0", "cuda:1"}) {
    const Ended verified = run("fake_driver", {"verify", "plan.zsq", "--device", device, "--json"});
    ASSERT_EQ(verified.code, 0) << verified.err;
    EXPECT_EQ(json::parse(verified.out).at("mismatches"), 0);
    EXPECT_EQ(json::parse(verified.out).at("devices"), json{"cuda"});
  }
  expect_refused(run("fake_driver", {"verify", "plan.zsq", "--device", "cuda:2"}), 8,
                 "--device cuda:2: the NVIDIA driver knows 2 GPUs, number 2 is none of them");
  expect_refused(run("fake_driver", {"verify", "plan.zsq", "--device", "cuda:x"}), 2, "cuda:N");
}

TEST_F(CudaProgram, VerifiesOnAllDevicesWithAGpuAmongThem) {
  const Ended verified = run("fake_driver", {"verify", "plan.zsq", "--json"});
  ASSERT_EQ(verified.code, 0) << verified.err;
  EXPECT_EQ(json::parse(verified.out).at("devices"), (json{"cuda", "cpu"}));
}

TEST_F(CudaProgram, RunsABenchmarkOnIt) {
  const Ended timed =
      run("fake_driver", {"bench", "plan.zsq", "--device", "cuda:1", "--batch", "2", "--json"});
  ASSERT_EQ(timed.code, 0) << timed.err;
  EXPECT_EQ(json::parse(timed.out).at("device"), "cuda");
}

TEST_F(CudaProgram, DoctorSaysWhichGpuItIs) {
  const Ended doctor = run("fake_driver", {"doctor", "--json"});
  ASSERT_EQ(doctor.code, 0) << doctor.err;
  EXPECT_EQ(json::parse(doctor.out).at("gpu"), "fake GPU 0, compute capability 8.0, driver 13.0");
}

TEST_F(CudaProgram, SaysThatADriverIsTooOld) {
  expect_refused(run("old_driver", {"verify", "plan.zsq", "--device", "cuda"}), 8,
                 "the NVIDIA driver of this machine is too old: it has no cuEventCreate");
  const Ended doctor = run("old_driver", {"doctor", "--json"});
  EXPECT_EQ(doctor.code, 0) << doctor.err;
  EXPECT_EQ(json::parse(doctor.out).at("cuda"), false);
}

TEST_F(CudaProgram, SaysWhatADriverRefused) {
  expect_refused(run("fake_driver", {"verify", "plan.zsq", "--device", "cuda"}, {"ZSQ_FAKE_FAIL=cuMemAlloc"}),
                 8, "bytes of the GPU's memory, of which ");
  expect_refused(
      run("fake_driver", {"verify", "plan.zsq", "--device", "cuda"}, {"ZSQ_FAKE_FAIL=cuLaunchKernel"}), 8,
      "the GPU's driver refused cuLaunchKernel of zsq_");
}

}  // namespace
}  // namespace zsq::e2e
