#include "runtime/backends.h"
#include "runtime/cuda/driver.h"
#include "runtime/cuda/session.h"

namespace zsq::runtime {

DeviceState cuda_state(int device_index) {
  const cuda::DriverState state = cuda::driver_state(device_index);
  return {state.is_usable, state.text};
}

std::unique_ptr<Session> make_cuda_session(const Plan& plan, const SessionOptions& options) {
  return cuda::make_session_on(cuda::open_gpu(options.device_index), plan);
}

}  // namespace zsq::runtime
