#pragma once

#include <ATen/Parallel.h>

namespace zsq {

/// While it lives LibTorch computes on the calling thread alone. The order of its sums depends on how many
/// threads it has, and so would every byte that is made of them.
class OneThread {
 public:
  OneThread() { at::set_num_threads(1); }
  ~OneThread() { at::set_num_threads(before_); }
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

 private:
  int before_ = at::get_num_threads();
};

}  // namespace zsq
