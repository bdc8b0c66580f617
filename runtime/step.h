#pragma once

#include <string_view>
#include <vector>

#include "runtime/plan.h"

/// What every walk over a plan asks of a step.
namespace zsq::runtime {

/// What a file and a message call the kind of step, e.g. "conv2d".
std::string_view kind(const Step& step);

/// The slots the step reads, in the order of its fields; a residual last.
std::vector<SlotId> inputs(const Step& step);

/// The weights of a step that multiplies by some; nullptr for the others.
const Kernel* kernel_of(const Step& step);

/// The slot the step writes.
SlotId output(const Step& step);

}  // namespace zsq::runtime
