#pragma once

#include <cstring>

#include "runtime/cpu/portable/kernels.h"

/// The bodies of Kernels, for the file of one instruction set to include. That file defines ZSQ_SET, the
/// set's name, and ZSQ_TARGET, the attribute that makes the compiler use it. The attribute is on each
/// function, and not in the flags of the file, because then the inline functions of other headers stay what
/// every machine runs. No vector is passed or returned: how that is done would depend on the set.
namespace zsq::runtime::cpu::ZSQ_SET {

// NOLINTBEGIN(modernize-avoid-c-arrays): an array of registers in a class would live in memory.

#define ZSQ_FUNCTION [[ZSQ_TARGET]]
#define ZSQ_LOOP [[gnu::always_inline, ZSQ_TARGET]] inline

/// A register of int32 and the int8 and int16 that fill it, Bytes wide.
template <int Bytes>
struct Register {
  using Words [[gnu::vector_size(Bytes)]] = std::int32_t;
  using Halves [[gnu::vector_size(Bytes / 2)]] = std::int16_t;
  using Narrow [[gnu::vector_size(Bytes / 4)]] = std::int8_t;
  static constexpr int kCount = Bytes / 4;
};

/// Of a full block, one move.
ZSQ_LOOP void copy_lanes(std::int8_t* to, const std::int8_t* from, std::int64_t lanes) {
  if (lanes == kLanes)
    std::memcpy(to, from, kLanes);
  else
    std::memcpy(to, from, static_cast<std::size_t>(lanes));
}

/// kLanes accumulators to activations; `residual` is null where there is none. Everything is in 32-bit lanes
/// until the end, for a loop of kLanes over mixed widths is compiled to the narrowest registers.
ZSQ_LOOP void finish(const std::int32_t* acc, const Epilogue& e, const std::int8_t* residual,
                     std::int8_t* out, std::int64_t lanes) {
  std::int32_t wide[kLanes];
  if (residual == nullptr) {
    for (int i = 0; i < kLanes; ++i)
      wide[i] = requantize<std::int32_t>(
          acc[i], WideRescale{e.multiplier[i], e.first_shift[i], e.second_shift[i]}, e.zero_point, e.clamp);
  } else {
    std::int8_t stored[kLanes] = {};
    copy_lanes(stored, residual, lanes);
    std::int32_t beside[kLanes];
    for (int i = 0; i < kLanes; ++i) beside[i] = int{stored[i]};
    for (int i = 0; i < kLanes; ++i)
      wide[i] = requantize<std::int32_t>(
          acc[i],
          residual_term(beside[i] - e.residual_zero_point, e.residual_multiplier[i], e.residual_shift[i]),
          WideRescale{e.multiplier[i], e.first_shift[i], e.second_shift[i]}, e.zero_point, e.clamp);
  }
  std::int8_t result[kLanes];
  for (int i = 0; i < kLanes; ++i) result[i] = static_cast<std::int8_t>(wide[i]);
  copy_lanes(out, result, lanes);
}

/// acc[p][lane] = bias[lane] + sum over depth of patches[p] * weight[lane], for Pixels places.
template <int Bytes, int Pixels>
ZSQ_LOOP void accumulate_tile(const std::int32_t* patches, const std::int32_t* weight, std::int64_t depth,
                              const std::int32_t* bias, std::int32_t* acc) {
  using R = Register<Bytes>;
  constexpr int kRegisters = kLanes / R::kCount;
  typename R::Words sum[Pixels][kRegisters];
  for (int p = 0; p < Pixels; ++p) std::memcpy(&sum[p], bias, sizeof sum[p]);
  for (std::int64_t k = 0; k < depth; ++k) {
    for (int r = 0; r < kRegisters; ++r) {
      typename R::Words w;
      std::memcpy(&w, weight + k * kLanes + r * R::kCount, sizeof w);
      for (int p = 0; p < Pixels; ++p) sum[p][r] += w * patches[p * depth + k];
    }
  }
  std::memcpy(acc, sum, sizeof sum);
}

template <int Bytes, int Tile>
ZSQ_LOOP void accumulate_all(const Product& product, const std::int32_t* bias, std::int32_t* acc) {
  std::int64_t p = 0;
  for (; p + Tile <= product.pixels; p += Tile)
    accumulate_tile<Bytes, Tile>(product.patches + p * product.depth, product.weight, product.depth, bias,
                                 acc + p * kLanes);
  for (; p < product.pixels; ++p)
    accumulate_tile<Bytes, 1>(product.patches + p * product.depth, product.weight, product.depth, bias,
                              acc + p * kLanes);
}

template <int Bytes, int Tile>
ZSQ_LOOP void multiply(const Product& product, const Epilogue& e) {
  std::int32_t acc[Tile * kLanes];
  Product part = product;
  for (std::int64_t p = 0; p < product.pixels; p += part.pixels) {
    part.pixels = std::min<std::int64_t>(Tile, product.pixels - p);
    part.patches = product.patches + p * product.depth;
    accumulate_all<Bytes, Tile>(part, e.bias, acc);
    for (std::int64_t i = 0; i < part.pixels; ++i) {
      const std::int64_t place = p + i;
      finish(acc + i * kLanes, e,
             product.residual == nullptr ? nullptr : product.residual + place * product.residual_stride,
             product.out + place * product.stride, product.lanes);
    }
  }
}

/// The same constants, of channels further on.
ZSQ_LOOP Epilogue advanced(Epilogue e, std::int64_t channels) {
  e.bias += channels;
  e.multiplier += channels;
  e.first_shift += channels;
  e.second_shift += channels;
  if (e.residual_multiplier != nullptr) {
    e.residual_multiplier += channels;
    e.residual_shift += channels;
  }
  return e;
}

/// kLanes channels are read even where fewer are left; the memory plan's slack makes that sound.
template <int Bytes>
ZSQ_LOOP void depthwise_place(const std::int8_t* const* places, std::int64_t taps, std::int64_t c,
                              const std::int32_t* weight, const std::int32_t* bias, std::int32_t* acc) {
  using R = Register<Bytes>;
  constexpr int kRegisters = kLanes / R::kCount;
  typename R::Words sum[kRegisters];
  std::memcpy(&sum, bias, sizeof sum);
  for (std::int64_t t = 0; t < taps; ++t) {
    for (int r = 0; r < kRegisters; ++r) {
      typename R::Narrow x;
      typename R::Words w;
      std::memcpy(&x, places[t] + c + r * R::kCount, sizeof x);
      std::memcpy(&w, weight + t * kLanes + r * R::kCount, sizeof w);
      // In two steps: compilers do not widen four times at once.
      const auto half = __builtin_convertvector(x, typename R::Halves);
      sum[r] += __builtin_convertvector(half, typename R::Words) * w;
    }
  }
  std::memcpy(acc, sum, sizeof sum);
}

template <int Bytes>
ZSQ_LOOP void depthwise(const DepthwiseRow& row, const Epilogue& first) {
  std::int32_t acc[kLanes];
  for (std::int64_t c = 0; c < row.channels; c += kLanes) {
    const Epilogue e = advanced(first, c);
    const std::int32_t* weight = row.weight + c * row.taps;
    const std::int64_t lanes = std::min(kLanes, row.channels - c);
    for (std::int64_t p = 0; p < row.pixels; ++p) {
      depthwise_place<Bytes>(row.places + p * row.taps, row.taps, c, weight, e.bias, acc);
      finish(acc, e, row.residual == nullptr ? nullptr : row.residual + p * row.residual_stride + c,
             row.out + p * row.stride + c, lanes);
    }
  }
}

ZSQ_LOOP void add_all(const Sum& s) {
  for (std::int64_t i = 0; i < s.count; ++i)
    s.out[i] = add(s.a[i] - s.a_zero_point, s.b[i] - s.b_zero_point, s.factors, s.zero_point, s.clamp);
}

/// The set's functions, on registers of that many bytes; a Tile of output places keeps its sums in registers.
template <int Bytes, int Tile>
constexpr Kernels make_kernels(std::string_view name) {
  struct Set {
    ZSQ_FUNCTION static void product(const Product& p, const Epilogue& e) { multiply<Bytes, Tile>(p, e); }
    ZSQ_FUNCTION static void accumulate(const Product& p, const std::int32_t* bias, std::int32_t* acc) {
      accumulate_all<Bytes, Tile>(p, bias, acc);
    }
    ZSQ_FUNCTION static void depthwise_row(const DepthwiseRow& row, const Epilogue& e) {
      depthwise<Bytes>(row, e);
    }
    ZSQ_FUNCTION static void add(const Sum& sum) { add_all(sum); }
  };
  return {name, Set::product, Set::accumulate, Set::depthwise_row, Set::add};
}

// NOLINTEND(modernize-avoid-c-arrays)

#undef ZSQ_FUNCTION
#undef ZSQ_LOOP

}  // namespace zsq::runtime::cpu::ZSQ_SET
