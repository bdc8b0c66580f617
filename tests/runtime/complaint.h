#pragma once

#include <string>

#include <gtest/gtest.h>

#include "graph/check.h"
#include "tests/runtime/plan_builder.h"

/// What the tests of the verifier's rules share: a sound plan, one change, and the words by which the change
/// is found out.
namespace zsq::runtime {

/// What the verifier says about a plan; empty where it is sound.
inline std::string complaint(const Plan& plan) {
  try {
    validate(plan);
    return {};
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::verification) << error.what();
    return error.what();
  }
}

/// Expects that `change` makes a sound plan one that is refused with these words.
inline void refuses(Plan plan, const char* words, const auto& change) {
  ASSERT_EQ(complaint(plan), "") << words;
  change(plan);
  EXPECT_NE(complaint(plan).find(words), std::string::npos) << words << " expected in: " << complaint(plan);
}

template <class T>
T& step(Plan& plan, std::size_t i) {
  return std::get<T>(plan.steps.at(i));
}

/// pixels, the step in question, and a global pool of what it makes.
inline Plan with(const auto& make) {
  PlanBuilder builder(3, {1, 4, 6, 6});
  const SlotId made = make(builder);
  const bool wide = is_wide(builder.plan()[made]);
  return builder.finish({wide ? builder.wide_global_pool(made) : builder.global_pool(made)});
}

}  // namespace zsq::runtime
