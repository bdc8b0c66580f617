#pragma once

#include "runtime/cuda/prepare.h"

namespace zsq::runtime::cuda {

/// Where the input's places are words of at most four channels, and what a block sees of it fits its memory.
bool stem_takes(const Context& context, const Conv2d& step);
Launches prepare_stem(const Context& context, const Conv2d& step);

/// The same straight from the pixels of the step before it, whose output nobody else then needs.
Launches prepare_pixel_stem(const Context& context, const Pixels& pixels, const Conv2d& step);

/// The same with the max pool behind it, where that is of 3x3 and stride 2 and nobody else needs what it
/// reads.
bool stem_pool_takes(const Conv2d& step, const MaxPool& pool);
Launches prepare_pixel_stem_pool(const Context& context, const Pixels& pixels, const Conv2d& step,
                                 const MaxPool& pool);

}  // namespace zsq::runtime::cuda
