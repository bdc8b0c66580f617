#pragma once

#include "runtime/cpu/implementation.h"
#include "runtime/cpu/tiles/kernels.h"

/// The convolutions and pixels that tiles compute. The plan and the tiles outlive the kernels.
namespace zsq::runtime::cpu {

/// Those of one group or of one filter for each channel, unless their images are vast.
bool has_tiles(const Plan& plan, const Conv2d& step);
bool has_tiles(const Plan& plan, const WideConv2d& step);

/// Bytes of all that is packed for such a one.
std::int64_t packed_bytes_of_tiles(const Kernel& kernel, const TileKernels& tiles);

std::unique_ptr<StageKernel> make_tiles(const Plan& plan, const Conv2d& step, const TileKernels& tiles,
                                        const Layouts& layouts);
std::unique_ptr<StageKernel> make_tiles(const Plan& plan, const WideConv2d& step, const TileKernels& tiles,
                                        const Layouts& layouts);

/// Pixels of few channels into a slot without padding; the tables of pointwise.cpp do others.
bool has_tiles(const Plan& plan, const Pixels& step, const Layouts& layouts);
std::unique_ptr<StageKernel> make_tiles(const Plan& plan, const Pixels& step, const TileKernels& tiles);

/// The first kind with sums of 16 bits (see NarrowSums); null where those of 32 bits are faster, or the set
/// has none.
std::unique_ptr<StageKernel> make_narrow_tiles(const Plan& plan, const Conv2d& step, const TileKernels& tiles,
                                               const Layouts& layouts);
std::unique_ptr<StageKernel> make_narrow_tiles(const Plan& plan, const WideConv2d& step,
                                               const TileKernels& tiles, const Layouts& layouts);

/// The first kind with weights of at most four bits, packed; null where they have more, or the set has no
/// such loops, or sixteen times a sum may leave int32.
bool has_nibble_tiles(const Plan& plan, const Conv2d& step, const TileKernels& tiles);
bool has_nibble_tiles(const Plan& plan, const WideConv2d& step, const TileKernels& tiles);
std::unique_ptr<StageKernel> make_nibble_tiles(const Plan& plan, const Conv2d& step, const TileKernels& tiles,
                                               const Layouts& layouts);
std::unique_ptr<StageKernel> make_nibble_tiles(const Plan& plan, const WideConv2d& step,
                                               const TileKernels& tiles, const Layouts& layouts);

/// The second kind.
std::unique_ptr<StageKernel> make_depthwise_tiles(const Plan& plan, const Conv2d& step,
                                                  const TileKernels& tiles, const Layouts& layouts);

}  // namespace zsq::runtime::cpu
