#pragma once

#include "runtime/cpu/implementation.h"
#include "runtime/session.h"

namespace zsq::runtime::cpu {

/// A session on chosen implementations, for tests and measurements; the last takes every step. The plan is
/// valid.
std::unique_ptr<Session> make_session_with(const Plan& plan, int threads,
                                           std::span<const Implementation* const> implementations);

}  // namespace zsq::runtime::cpu
