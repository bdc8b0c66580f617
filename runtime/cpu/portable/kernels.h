#pragma once

#include <cstdint>
#include <string_view>

#include "runtime/arith.h"

/// The inner loops that are compiled once for each instruction set. All sets give the same bits.
namespace zsq::runtime::cpu {

/// Output channels that inner loops compute together. Constants of channels are padded to it.
constexpr std::int64_t kLanes = 16;

/// What turns the accumulators of kLanes channels into activations. Pointers are to the first of those
/// channels.
struct Epilogue {
  const std::int32_t *bias = nullptr, *multiplier = nullptr, *first_shift = nullptr, *second_shift = nullptr;
  const std::int32_t *residual_multiplier = nullptr,
                     *residual_shift = nullptr;  // null where there is no residual
  std::int32_t residual_zero_point = 0;
  std::int32_t zero_point = 0;
  Clamp clamp;
};

/// Patches times weights, for one block of channels: out[p][lane] of `pixels` output places.
struct Product {
  const std::int32_t* patches;  // [pixels][depth]
  const std::int32_t* weight;   // [depth][kLanes]
  std::int64_t pixels, depth;
  std::int64_t lanes;           // of the block that are channels
  const std::int8_t* residual;  // null where there is none
  std::int8_t* out;
  std::int64_t residual_stride, stride;  // values from a place to the next, of the residual and of out
};

/// One row of a depthwise convolution: for each place its taps, [pixels][taps] pointers to the channels of a
/// place.
struct DepthwiseRow {
  const std::int8_t* const* places;
  const std::int32_t* weight;  // [channel block][taps][kLanes]
  std::int64_t pixels, taps, channels;
  const std::int8_t* residual;
  std::int8_t* out;
  std::int64_t residual_stride, stride;
};

struct Sum {
  const std::int8_t *a = nullptr, *b = nullptr;
  std::int32_t a_zero_point = 0, b_zero_point = 0;
  AddFactors factors;
  std::int32_t zero_point = 0;
  Clamp clamp;
  std::int8_t* out = nullptr;
  std::int64_t count = 0;
};

/// The loops for one instruction set.
struct Kernels {
  std::string_view name;  // "avx2"
  void (*product)(const Product&, const Epilogue&);
  void (*accumulate)(const Product&, const std::int32_t* bias, std::int32_t* acc);  // acc: [pixels][kLanes]
  void (*depthwise_row)(const DepthwiseRow&, const Epilogue&);  // the epilogue is of the first channel
  void (*add)(const Sum&);
};

}  // namespace zsq::runtime::cpu
