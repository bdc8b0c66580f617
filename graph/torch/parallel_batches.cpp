#include "graph/torch/parallel_batches.h"

#include <algorithm>
#include <exception>
#include <limits>
#include <mutex>
#include <thread>
#include <vector>

#include <ATen/Parallel.h>

namespace zsq {
namespace {

/// Hands batches out in their order, and keeps the failure of the lowest one.
class Batches {
 public:
  explicit Batches(int count) : count_(count) {}

  /// -1 where there is none to begin.
  int next() {
    const std::scoped_lock lock(mutex_);
    return failure_ || next_ == count_ ? -1 : next_++;
  }

  bool ends(int batch) {
    const std::scoped_lock lock(mutex_);
    return lowest_failed_ < batch;
  }

  void fail(int batch, std::exception_ptr why) {
    const std::scoped_lock lock(mutex_);
    if (batch > lowest_failed_) return;
    lowest_failed_ = batch;
    failure_ = std::move(why);
  }

  const std::exception_ptr& failure() const { return failure_; }

 private:
  std::mutex mutex_;
  int count_, next_ = 0;
  int lowest_failed_ = std::numeric_limits<int>::max();
  std::exception_ptr failure_;
};

}  // namespace

void parallel_batches(int batches, int threads,
                      const std::function<void(int batch, const BatchEnds& ends)>& work) {
  const int wanted =
      threads > 0 ? threads : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  Batches shared(batches);
  const auto worker = [&] {
    at::set_num_threads(1);  // of OpenMP regions that this thread begins
    for (int batch = shared.next(); batch >= 0; batch = shared.next()) {
      try {
        work(batch, [&] { return shared.ends(batch); });
      } catch (...) {
        shared.fail(batch, std::current_exception());
      }
    }
  };
  const int before = at::get_num_threads();
  {
    std::vector<std::jthread> pool;  // joined at the end of the scope
    for (int i = 0; i < std::min(wanted, batches); ++i) pool.emplace_back(worker);
  }
  at::set_num_threads(before);
  if (shared.failure()) std::rethrow_exception(shared.failure());
}

}  // namespace zsq
