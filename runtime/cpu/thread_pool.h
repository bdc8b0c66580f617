#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <thread>
#include <vector>

namespace zsq::runtime::cpu {

/// A fixed number of threads that run one task at a time, each its own part. Threads spin briefly between
/// tasks, for steps of a plan follow each other within microseconds, and then sleep. Signals are left to the
/// other threads.
class ThreadPool {
 public:
  /// The caller of run() is one of the threads. Throws Error (Fault::device) if they cannot be started.
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int size() const { return static_cast<int>(workers_.size()) + 1; }

  /// Calls task(part) once for each part of [0, size()), part 0 on this thread, and returns when all are
  /// done. Rethrows what the lowest part threw.
  void run(const std::function<void(int)>& task);

 private:
  void work(int part);
  void perform(int part) noexcept;
  void stop();

  std::vector<std::thread> workers_;
  std::vector<std::exception_ptr> thrown_;          // by part
  const std::function<void(int)>* task_ = nullptr;  // null: stop
  std::atomic<std::uint32_t> round_ = 0;            // counts tasks; a change starts one
  std::atomic<int> busy_ = 0;                       // workers that are not yet done
};

}  // namespace zsq::runtime::cpu
