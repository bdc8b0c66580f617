#pragma once

#include <cstdint>

namespace zsq::apps {

/// Values of a small integer program that a device of this machine computes otherwise than the reference.
std::int64_t self_test();

}  // namespace zsq::apps
