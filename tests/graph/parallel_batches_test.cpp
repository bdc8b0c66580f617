#include "graph/torch/parallel_batches.h"

#include <atomic>
#include <latch>
#include <stdexcept>
#include <string>
#include <thread>

#include <gtest/gtest.h>

namespace zsq {
namespace {

TEST(ParallelBatches, RunsEachBatchOnce) {
  for (const int threads : {1, 2, 5}) {
    std::vector<std::atomic<int>> runs(7);
    parallel_batches(7, threads, [&](int batch, const BatchEnds& ends) {
      ++runs[static_cast<std::size_t>(batch)];
      EXPECT_FALSE(ends());
    });
    for (const auto& count : runs) EXPECT_EQ(count, 1);
  }
}

TEST(ParallelBatches, BeginsNoneAfterOneHasFailed) {
  std::atomic<int> begun = 0;
  const auto work = [&](int batch, const BatchEnds&) {
    ++begun;
    if (batch == 2) throw std::runtime_error("two");
  };
  EXPECT_THROW(parallel_batches(100, 1, work), std::runtime_error);
  EXPECT_EQ(begun, 3);
}

/// Two batches at once; the second fails first. The first runs on and may fail too: then that is what is
/// thrown, whoever was faster.
TEST(ParallelBatches, ThrowsWhatTheLowestBatchThrew) {
  for (const bool first_fails : {true, false}) {
    std::latch both(2);
    std::atomic<bool> second_failed = false;
    const auto work = [&](int batch, const BatchEnds& ends) {
      both.arrive_and_wait();
      if (batch == 1) {
        second_failed = true;
        throw std::runtime_error("second");
      }
      while (!second_failed) std::this_thread::yield();
      EXPECT_FALSE(ends());
      if (first_fails) throw std::runtime_error("first");
    };
    try {
      parallel_batches(2, 2, work);
      ADD_FAILURE() << "nothing was thrown";
    } catch (const std::runtime_error& e) {
      EXPECT_EQ(e.what(), std::string(first_fails ? "first" : "second"));
    }
  }
}

TEST(ParallelBatches, EndsThoseAfterTheOneThatFailed) {
  std::latch both(2);
  const auto work = [&](int batch, const BatchEnds& ends) {
    both.arrive_and_wait();
    if (batch == 0) throw std::runtime_error("first");
    while (!ends()) std::this_thread::yield();
  };
  EXPECT_THROW(parallel_batches(2, 2, work), std::runtime_error);
}

}  // namespace
}  // namespace zsq
