// The cuda backend against the reference: every tensor, by both code generators, on the interpreter.
#include <gtest/gtest.h>

#include "runtime/compare.h"
#include "runtime/cuda/session.h"
#include "tests/ptx/interpreted_gpu.h"
#include "tests/runtime/outputs.h"
#include "tests/runtime/random_plan.h"

namespace zsq::runtime {
namespace {

using ptx::InterpretedGpu;
using ptx::Target;

class Cuda : public testing::TestWithParam<Target> {
 protected:
  /// Every tensor in batches of `together`, and the outputs once more with nobody looking.
  void expect_equal_to_reference(const Plan& plan, std::uint64_t seed, std::int64_t images,
                                 std::int64_t together) {
    validate(plan);
    const auto session = cuda::make_session_on(gpu_, plan);
    const auto pixels = random_pixels(plan, images, seed);
    Session* const sessions[]{session.get()};
    const auto found = compare(plan, sessions, pixels, together);
    ASSERT_EQ(found[0].mismatches, 0) << describe(plan, *found[0].first);
    Outputs wanted(plan, images), got(plan, images);
    make_session(plan, Device::reference)->run(pixels, wanted.spans());
    session->run(pixels, got.spans());
    ASSERT_EQ(got, wanted);
  }

  std::shared_ptr<InterpretedGpu> gpu_ = std::make_shared<InterpretedGpu>(ptx::modules_for(GetParam()));
};

TEST_P(Cuda, EqualsTheReferenceOnRandomPlans) {
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    SCOPED_TRACE(seed);
    const std::int64_t images = seed % 3 == 0 ? 1 : seed % 3 == 1 ? 3 : 17;
    ASSERT_NO_FATAL_FAILURE(expect_equal_to_reference(random_plan(9000 + seed), seed, images, 17));
  }
}

INSTANTIATE_TEST_SUITE_P(Targets, Cuda, testing::Values(Target::sm_80, Target::sm_120),
                         [](const auto& target) {
                           return target.param == Target::sm_80 ? "sm_80" : "sm_120";
                         });

}  // namespace
}  // namespace zsq::runtime
