#pragma once

#include "runtime/plan.h"

namespace zsq::fuzz {

/// Runs what validate() has let through, where it is small, on images that are extreme and on one that is
/// not: UBSan sees an overflow that the proof has missed.
void run_small(const runtime::Plan& plan);

}  // namespace zsq::fuzz
