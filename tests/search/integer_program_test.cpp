#include "search/integer_program.h"

#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "graph/check.h"

namespace zsq::search {
namespace {

/// The best of all assignments, tried one by one.
std::optional<Assignment> exhaustive(const IntegerProgram& program) {
  std::optional<Assignment> best;
  Assignment now(program.choices.size(), 0);
  for (;;) {
    if (is_within(program, now) && (!best || loss_of(program, now) < loss_of(program, *best))) best = now;
    std::size_t i = 0;
    while (i < now.size() && ++now[i] == program.choices[i].options.size()) now[i++] = 0;
    if (i == now.size()) return best;
  }
}

/// Layers with losses over six orders of magnitude; every third choice may follow the one before it.
IntegerProgram random_program(unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> unit(0, 1);
  const auto at_most = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  IntegerProgram program;
  const int limits = 1 + at_most(3), choices = 3 + at_most(4);
  for (int i = 0; i < choices; ++i) {
    Choice choice{"layer" + std::to_string(i), {}, {}};
    const int widths = 2 + at_most(3);
    if (i % 3 == 2) choice.follows = static_cast<std::size_t>(i - 1);
    for (int o = 0; o < widths; ++o) {
      Option option{std::pow(10.0, -6 * unit(random)), {}, 0};
      if (choice.follows)
        option.of_leader = static_cast<std::size_t>(o) % program.choices[*choice.follows].options.size();
      for (int k = 0; k < limits; ++k) option.cost.push_back(std::floor(1000 * unit(random)));
      choice.options.push_back(option);
    }
    program.choices.push_back(std::move(choice));
  }
  for (int k = 0; k < limits; ++k)
    program.limits.push_back(
        {"limit " + std::to_string(k), std::floor(choices * 1000 * (0.2 + 0.4 * unit(random)))});
  return program;
}

class Solver : public ::testing::Test {
  void SetUp() override {
    if (!has_solver()) GTEST_SKIP() << "this build has no solver";
  }
};

TEST_F(Solver, FindsWhatTryingAllFinds) {
  int feasible = 0, infeasible = 0;
  for (unsigned seed = 0; seed < 120; ++seed) {
    const IntegerProgram program = random_program(seed);
    const auto best = exhaustive(program), found = solve(program);
    ASSERT_EQ(best.has_value(), found.has_value()) << seed;
    ++(best ? feasible : infeasible);
    if (!best) continue;
    EXPECT_TRUE(is_within(program, *found)) << seed;
    EXPECT_DOUBLE_EQ(loss_of(program, *best), loss_of(program, *found)) << seed;
  }
  EXPECT_GT(feasible, 40);
  EXPECT_GT(infeasible, 10);
}

/// a: 1 or 3 of cost 0, b: the same; beside them a cost 1 that is large where cost 0 is small.
IntegerProgram contradiction(double most0, double most1) {
  const std::vector<Option> options{{0, {1, 30}, 0}, {0, {3, 10}, 0}};
  return {{{"a", options, {}}, {"b", options, {}}}, {{"size", most0}, {"latency", most1}}};
}

TEST_F(Solver, NamesTheLimitThatIsOutOfReachAndWhatCanBeReached) {
  const Tightest alone = tightest(contradiction(1.5, 100));
  EXPECT_EQ(alone.name, "size");
  EXPECT_TRUE(alone.is_alone);
  EXPECT_EQ(alone.reachable, 2);
  EXPECT_EQ(alone.asked, 1.5);

  // Each is in reach alone. size 4 beside latency 39 needs latency 40: 1/39 more; latency 39 needs size 6.
  const IntegerProgram both = contradiction(4, 39);
  EXPECT_FALSE(solve(both).has_value());
  const Tightest beside = tightest(both);
  EXPECT_EQ(beside.name, "latency");
  EXPECT_FALSE(beside.is_alone);
  EXPECT_EQ(beside.reachable, 40);
}

TEST(WithoutASolver, OneSentenceSaysWhatToInstall) {
  if (has_solver()) GTEST_SKIP() << "this build has one";
  try {
    solve({});
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.fault(), Fault::unsupported);
    EXPECT_NE(std::string(e.what()).find("coinor-libcbc-dev"), std::string::npos);
  }
}

}  // namespace
}  // namespace zsq::search
