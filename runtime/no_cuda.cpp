#include "graph/check.h"
#include "runtime/backends.h"

namespace zsq::runtime {

bool cuda_is_available() { return false; }

std::unique_ptr<Session> make_cuda_session(const Plan&) {
  fail(Fault::device, "this build has no CUDA backend");
}

}  // namespace zsq::runtime
