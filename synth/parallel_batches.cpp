#include "synth/parallel_batches.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>
#include <vector>

#include <ATen/Parallel.h>

namespace zsq::synth {

void parallel_batches(int batches, int threads, const std::function<void(int batch)>& work) {
  const int wanted =
      threads > 0 ? threads : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  std::vector<std::exception_ptr> failures(static_cast<std::size_t>(batches));
  std::atomic<int> next = 0;
  const auto worker = [&] {
    at::set_num_threads(1);  // of OpenMP regions that this thread begins
    for (int batch = next++; batch < batches; batch = next++) {
      try {
        work(batch);
      } catch (...) {
        failures[static_cast<std::size_t>(batch)] = std::current_exception();
      }
    }
  };
  const int before = at::get_num_threads();
  {
    std::vector<std::jthread> pool;  // joined at the end of the scope
    for (int i = 0; i < std::min(wanted, batches); ++i) pool.emplace_back(worker);
  }
  at::set_num_threads(before);
  for (const auto& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
}

}  // namespace zsq::synth
