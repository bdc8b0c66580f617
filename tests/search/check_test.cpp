#include "search/check.h"

#include <vector>

#include <gtest/gtest.h>

namespace zsq::search {
namespace {

double of(const std::vector<double>& a, const std::vector<double>& b) { return rank_correlation(a, b); }

TEST(RankCorrelation, IsThatOfTheOrdersAlone) {
  EXPECT_DOUBLE_EQ(of({1, 2, 3}, {-5, 0, 1e9}), 1);
  EXPECT_DOUBLE_EQ(of({1, 2, 3}, {3, 2, 1}), -1);
  EXPECT_DOUBLE_EQ(of({1, 2, 3, 4}, {1, 3, 2, 4}), 0.8);
  EXPECT_DOUBLE_EQ(of({1, 1, 2}, {1, 1, 7}), 1) << "ties share a rank";
  EXPECT_DOUBLE_EQ(of({1, 1, 1}, {1, 2, 3}), 0) << "no order at all";
}

}  // namespace
}  // namespace zsq::search
