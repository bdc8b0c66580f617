#include "runtime/cpu/thread_pool.h"

#include <chrono>
#include <csignal>
#include <system_error>

#include "graph/check.h"

namespace zsq::runtime::cpu {
namespace {

/// Longer than threads are apart at the end of a step, and about as long as it takes to wake one that sleeps:
/// a thread that parked at once would wake for every step.
constexpr auto kSpinning = std::chrono::microseconds(100);

/// Returns once the value is no longer `old`. Between looks the core goes to whoever else wants it: with more
/// threads than cores the one that is waited for may be among them.
template <class T>
void await_change(const std::atomic<T>& value, T old) {
  constexpr int kLooks = 64;  // between two looks at the clock
  const auto begin = std::chrono::steady_clock::now();
  do {
    for (int i = 0; i < kLooks; ++i)
      if (value.load(std::memory_order_acquire) != old) return;
    std::this_thread::yield();
  } while (std::chrono::steady_clock::now() - begin < kSpinning);
  value.wait(old, std::memory_order_acquire);
}

/// While it lives, threads that are started do not receive signals: Ctrl-C is the main thread's.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace

ThreadPool::ThreadPool(int threads) {
  thrown_.resize(static_cast<std::size_t>(threads));
  const SignalsBlocked blocked;
  try {
    for (int part = 1; part < threads; ++part) workers_.emplace_back([this, part] { work(part); });
  } catch (const std::system_error&) {
    stop();
    fail(Fault::device, "the system does not start ", threads, " threads; try fewer");
  }
}

ThreadPool::~ThreadPool() { stop(); }

void ThreadPool::stop() {
  task_ = nullptr;
  round_.fetch_add(1, std::memory_order_release);
  round_.notify_all();
  for (std::thread& worker : workers_) worker.join();
  workers_.clear();
}

void ThreadPool::perform(int part) noexcept {
  try {
    (*task_)(part);
  } catch (...) {
    thrown_[static_cast<std::size_t>(part)] = std::current_exception();
  }
}

void ThreadPool::work(int part) {
  for (std::uint32_t seen = 0;; ++seen) {
    await_change(round_, seen);
    if (task_ == nullptr) return;
    perform(part);
    if (busy_.fetch_sub(1, std::memory_order_acq_rel) == 1) busy_.notify_one();
  }
}

void ThreadPool::run(const std::function<void(int)>& task) {
  task_ = &task;
  busy_.store(static_cast<int>(workers_.size()), std::memory_order_relaxed);
  round_.fetch_add(1, std::memory_order_release);
  round_.notify_all();
  perform(0);
  for (int left = busy_.load(std::memory_order_acquire); left != 0;
       left = busy_.load(std::memory_order_acquire))
    await_change(busy_, left);
  std::exception_ptr first;
  for (std::exception_ptr& thrown : thrown_) {
    if (!first) first = thrown;
    thrown = nullptr;
  }
  if (first) std::rethrow_exception(first);
}

}  // namespace zsq::runtime::cpu
