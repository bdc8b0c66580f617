#include "evaluate/paired_test.h"

#include <gtest/gtest.h>

namespace zsq::evaluate {
namespace {

/// Against the binomial sums, by hand: 2 * (1 + 10) / 2^10, and everything where both lose equally.
TEST(PairedTest, IsTheBinomialDistributions) {
  EXPECT_NEAR(paired_test(1, 9).p, 2 * 11 / 1024.0, 1e-12);
  EXPECT_NEAR(paired_test(9, 1).p, 2 * 11 / 1024.0, 1e-12);
  EXPECT_EQ(paired_test(5, 5).p, 1);
  EXPECT_EQ(paired_test(0, 0).p, 1);
  EXPECT_LT(paired_test(400, 600).p, 1e-9);
  EXPECT_GT(paired_test(490, 510).p, 0.5);
}

TEST(PairedTest, CountsWhatOnlyOneHasRight) {
  const PairedTest found = paired_test("110010", "101110");
  EXPECT_EQ(found.lost, 1);
  EXPECT_EQ(found.gained, 2);
}

}  // namespace
}  // namespace zsq::evaluate
