#pragma once

#include "runtime/cpu/kernels.h"
#include "runtime/session.h"

namespace zsq::runtime::cpu {

/// A session on chosen loops, for tests and measurements; make_session takes the best. The plan is valid.
std::unique_ptr<Session> make_session_with(const Plan& plan, int threads, const Kernels& kernels);

}  // namespace zsq::runtime::cpu
