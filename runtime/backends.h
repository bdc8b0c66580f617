#pragma once

#include <memory>
#include <vector>

#include "runtime/session.h"

/// What each backend folder defines, and what backends share. Private to runtime/.
namespace zsq::runtime {

/// The plan is valid and the device is available.
std::unique_ptr<Session> make_reference_session(const Plan& plan);
std::unique_ptr<Session> make_cpu_session(const Plan& plan, const SessionOptions& options);
std::unique_ptr<Session> make_cuda_session(const Plan& plan,
                                           const SessionOptions& options);  // cuda/ or no_cuda.cpp
DeviceState cuda_state(int device_index);                                   // cuda/ or no_cuda.cpp

/// How many images a call of Session::run was given. Throws Error (Fault::data) unless pixels and outputs
/// agree.
std::int64_t images_in(const Plan& plan, std::span<const std::uint8_t> pixels,
                       std::span<const std::span<std::int32_t>> outputs);

}  // namespace zsq::runtime
