#pragma once

#include <memory>
#include <string>

#include "runtime/cuda/gpu.h"

namespace zsq::runtime::cuda {

/// What the driver of this machine says, without starting anything on a GPU.
struct DriverState {
  bool is_usable = false;
  std::string text;  // "NVIDIA L4, compute capability 8.9, driver 13.0", or why there is no GPU to use
};

/// Looks for libcuda.so.1, and asks it for its GPUs. `index`: which of them.
DriverState driver_state(int index = 0);

/// That GPU, with the kernels of modules() loaded. Throws Error (Fault::device) where there is none.
std::shared_ptr<Gpu> open_gpu(int index = 0);

}  // namespace zsq::runtime::cuda
