#pragma once

#include "runtime/cpu/implementation.h"

namespace zsq::runtime::cpu {

/// The reference, row by row: it takes every step, asks for nothing and packs nothing.
std::unique_ptr<Implementation> make_reference_implementation();

}  // namespace zsq::runtime::cpu
