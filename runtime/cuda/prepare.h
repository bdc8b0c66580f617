#pragma once

#include <initializer_list>

#include "runtime/cuda/frame.h"

namespace zsq::runtime::cuda {

/// Ways of computing that tests and tables ask for; none changes a result.
struct Tuning {
  // Of convolution_ways(): computes every convolution that it can. Empty: what promises to be fastest.
  std::string convolution;
};

/// What steps are made ready with.
struct Context {
  const Plan& plan;        // outlives what prepare() returns
  const Layouts& layouts;  // by slot
  const Tuning& tuning;
  int multiprocessors;
  std::int64_t
      packing_limit;  // bytes of constants, beyond which none are padded: a plan is an untrusted file
  ConstantPool& constants;
};

/// Makes a step of the plan ready: its constants are added to the pool, and what it returns makes its
/// launches.
Launches prepare(const Context& context, const Step& step);

/// For the plan's steps as they are when nobody looks at their slots: where a step computes another one as
/// well, the other has no launches.
std::vector<Launches> prepare_fused(const Context& context, const std::vector<Launches>& steps);

/// By channel.
std::vector<PixelFactor> pixel_factors(const Pixels& step);

/// Brings output i of the plan, which is narrow, to where its caller wants it.
Launch hand_out(const Frame& frame, std::size_t i);

// convolution.cpp
Launches prepare(const Context& context, const Conv2d& step);
Launches prepare(const Context& context, const WideConv2d& step);

// pointwise.cpp
Launches prepare(const Context& context, const Pixels& step);
Launches prepare(const Context& context, const Add& step);
Launches prepare(const Context& context, const Mul& step);
Launches prepare(const Context& context, const Table& step);
Launches prepare(const Context& context, const WideTable& step);
Launches prepare(const Context& context, const WideAdd& step);
Launches prepare(const Context& context, const WideActivation& step);

// pooling.cpp
Launches prepare(const Context& context, const MaxPool& step);
Launches prepare(const Context& context, const AvgPool& step);
Launches prepare(const Context& context, const WideAvgPool& step);
Launches prepare(const Context& context, const Upsample& step);
Launches prepare(const Context& context, const WideUpsample& step);

// moves.cpp
Launches prepare(const Context& context, const Concat& step);
Launches prepare(const Context& context, const Slice& step);
Launches prepare(const Context& context, const Pad& step);
Launches prepare(const Context& context, const ChannelShuffle& step);
Launches prepare(const Context& context, const PixelShuffle& step);
Launches prepare(const Context& context, const PixelUnshuffle& step);
Launches prepare(const Context& context, const UpsampleNearest& step);

/// The shapes of a block that convolutions of one group have, and "direct", which computes any.
std::vector<std::string> convolution_ways();

/// How a window walks, as kernels read it.
Sides sides_of(const Window& window);

/// How many channels of those slots a thread computes at once: 16, where the places of all begin at 16 bytes,
/// or 1. Kernels for 16 have a name that ends in it.
std::int64_t channels_at_once(const Context& context, std::initializer_list<SlotId> slots);
std::string kernel_at_once(const std::string& name, std::int64_t channels);

/// In lanes of 32 bits.
WideRescale wide(const Rescale& rescale);

}  // namespace zsq::runtime::cuda
