#include "runtime/cpu/thread_pool.h"

#include <chrono>
#include <numeric>
#include <stdexcept>

#include <gtest/gtest.h>

#include "graph/check.h"

namespace zsq::runtime::cpu {
namespace {

TEST(ThreadPool, RunsEachPartOnce) {
  for (int threads = 1; threads <= 5; ++threads) {
    ThreadPool pool(threads);
    ASSERT_EQ(pool.size(), threads);
    std::vector<int> calls(static_cast<std::size_t>(threads));
    for (int round = 0; round < 500; ++round)
      pool.run([&](int part) { ++calls[static_cast<std::size_t>(part)]; });
    EXPECT_EQ(calls, std::vector<int>(static_cast<std::size_t>(threads), 500));
  }
}

TEST(ThreadPool, WakesUpAfterALongSleep) {
  ThreadPool pool(3);
  std::atomic<int> calls = 0;
  for (int round = 0; round < 3; ++round) {
    pool.run([&](int) { ++calls; });
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_EQ(calls, 9);
}

TEST(ThreadPool, RethrowsWhatTheLowestPartThrewAndGoesOn) {
  ThreadPool pool(4);
  for (int round = 0; round < 50; ++round) {
    try {
      pool.run([](int part) {
        if (part >= 2) throw std::runtime_error(std::to_string(part));
      });
      FAIL();
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "2");
    }
    EXPECT_THROW(pool.run([](int part) {
      if (part == 0) throw std::runtime_error("caller");
    }),
                 std::runtime_error);
  }
  int calls = 0;
  pool.run([&](int part) {
    if (part == 0) ++calls;
  });
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace zsq::runtime::cpu
