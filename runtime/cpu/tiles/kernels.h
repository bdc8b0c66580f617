#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "runtime/arith.h"
#include "runtime/narrow_sums.h"

/// Inner loops that keep a tile of sums in registers, some output places times some vectors of output
/// channels, and end in activations. They are compiled once for each instruction set; all give the same bits.
namespace zsq::runtime::cpu {

/// What sums become. Pointers are to the constants of the first channel, padded to whole vectors.
struct Ending {
  // Where the sums begin: the bias, the half that the first shift rounds with, and whatever undoes
  // TileKernels::added. It wraps around, as the sums do; in the end they are exact.
  const std::int32_t* start = nullptr;
  const std::int32_t *first_shift = nullptr, *multiplier = nullptr;
  // Of a narrow output. The half is of the second shift, less the zero point of the residual times its
  // factor.
  const std::int32_t *half = nullptr, *second_shift = nullptr;
  const std::int32_t* residual_factor = nullptr;  // null where there is no residual
  std::int32_t zero_point = 0;
  Clamp clamp;

  /// For the channels from that one on.
  Ending from(std::int64_t channel) const {
    const auto at = [&](const std::int32_t* p) { return p == nullptr ? nullptr : p + channel; };
    return {at(start),        at(first_shift),     at(multiplier), at(half),
            at(second_shift), at(residual_factor), zero_point,     clamp};
  }
};

/// From where loops read: output place p sees tap t at in + places[p] + taps[t].
struct Views {
  const std::int8_t* in = nullptr;
  const std::int32_t* places = nullptr;
  const std::int32_t* taps = nullptr;
  std::int64_t place_count = 0, tap_count = 0;
};

/// To where they write, a row for each output place.
struct Results {
  std::int8_t* narrow = nullptr;  // one of these two
  std::int32_t* wide = nullptr;
  const std::int8_t* residual = nullptr;
  std::int64_t stride = 0, residual_stride = 0;  // values from a place to the next
  std::int64_t channels = 0;                     // to write

  /// For the places from that one on.
  Results at(std::int64_t place) const {
    Results part = *this;
    if (narrow != nullptr) part.narrow += place * stride;
    if (wide != nullptr) part.wide += place * stride;
    if (residual != nullptr) part.residual += place * residual_stride;
    return part;
  }

  /// For at most `width` of the channels from that one on.
  Results from(std::int64_t channel, std::int64_t width) const {
    Results part = *this;
    if (narrow != nullptr) part.narrow += channel;
    if (wide != nullptr) part.wide += channel;
    if (residual != nullptr) part.residual += channel;
    part.channels = std::min(width, channels - channel);
    return part;
  }
};

/// Convolution of one group: a tap is a run of input values that follow each other, four to a word.
struct DenseTiles {
  Views views;
  const std::int8_t* weight = nullptr;  // [taps][words][vectors][lanes][4]
  std::int64_t words = 0;               // of a tap; values beyond the run have weights of zero
  std::int64_t vectors = 0;             // [1, TileKernels::vectors], of output channels
  Results results;
};

/// The same with weights of at most four bits, those of two words to a byte.
struct NibbleTiles {
  Views views;
  const std::int8_t* weight = nullptr;  // [taps][pairs of words][vectors][lanes][4]; lower halves first
  std::int64_t words = 0;               // of a tap
  std::int64_t together = 2;            // words whose products sets without VNNI add in 16 bits; even
  std::int64_t vectors = 0;             // [1, TileKernels::vectors], of output channels
  Results results;
};

/// DenseTiles for one vector of channels whose products are summed in 16 bits: see NarrowSums.
struct NarrowTiles {
  Views views;                           // of activations that are not negative; its taps are not used
  const std::int32_t* offset = nullptr;  // by product, of the four activations from those of the place
  const std::int8_t* weight = nullptr;   // [products][lanes][4]
  const std::int16_t* centre = nullptr;  // [sums][lanes][2]
  std::array<std::int64_t, NarrowSums::kMost> sums = {};
  Results results;
};

/// One filter for each channel: a tap is a place. A whole vector of channels is read even where fewer are.
struct DepthwiseTiles {
  Views views;
  const std::int32_t* weight = nullptr;  // [vectors][taps][lanes], the upper halves zero
  Results results;
};

/// The same, four taps times four channels to a word: a block of four vectors of channels at once. Packing
/// works within 128 bits, so the channels of a block lie in the order of quad_channel().
struct QuadTiles {
  Views views;  // as many taps as make whole words; those too many have weights of zero
  const std::int8_t* weight = nullptr;  // [blocks][taps / 4][4 vectors][lanes][4]
  Results results;
};

/// The same where windows of neighbours overlap, at stride 1: what is put into words is a column of the
/// window, four rows to a word, for all places that see it.
struct ColumnTiles {
  const std::int8_t* in = nullptr;     // where the window of the first place begins
  const std::int32_t* rows = nullptr;  // of a window, from its first; whole fours of them, as QuadTiles' taps
  std::int64_t row_count = 0, columns = 0;
  std::int64_t next = 0;                // values from a place to its neighbour
  std::int64_t places = 0;              // of one row of output
  const std::int8_t* weight = nullptr;  // [blocks][columns][rows / 4][4 vectors][lanes][4]
  Results results;
};

/// The channel of a block that a lane of its four vectors holds.
constexpr std::int64_t quad_channel(std::int64_t vector, std::int64_t lane) {
  return lane / 4 * 16 + vector * 4 + lane % 4;
}

/// Pixels that follow each other, the first of channel 0. Constants repeat those of all channels until they
/// fill `period`, whole blocks of TileKernels::vectors.
struct PixelTiles {
  const std::uint8_t* in = nullptr;
  const std::int32_t *multiplier = nullptr, *offset = nullptr, *shift = nullptr;
  std::int64_t period = 0;
  Clamp clamp;
  std::int8_t* out = nullptr;
  std::int64_t count = 0;
};

/// The loops for one instruction set.
struct TileKernels {
  std::int64_t lanes = 0;        // of a vector
  std::int64_t vectors = 0;      // the most that dense() computes together
  std::int32_t added = 0;        // what quads() and columns() add to each activation before they multiply
  std::int32_t dense_added = 0;  // what dense() adds
  void (*dense)(const DenseTiles&, const Ending&) = nullptr;
  void (*halves)(const DenseTiles&, const Ending&) = nullptr;  // dense() of values and weights of 16 bits,
                                                               // two to a word: null where bytes are as fast
  // Null where there are none. Halves of bytes are weights in two's complement where there is a factor, and 8
  // more than weights where there is none. They add 128 to each activation or take them with 2^(bits-1)
  // added, and make sums of 2^nibble_factor_bits times what they are.
  void (*nibbles)(const NibbleTiles&, const Ending&) = nullptr;
  bool nibbles_turn_inputs = false;
  int nibble_factor_bits = 0;
  void (*narrow)(const NarrowTiles&, const Ending&) = nullptr;  // null where sums of 32 bits are as fast
  void (*depthwise)(const DepthwiseTiles&, const Ending&) = nullptr;
  void (*quads)(const QuadTiles&, const Ending&) = nullptr;
  void (*columns)(const ColumnTiles&, const Ending&) = nullptr;
  // The same in sums of 16 bits, of x + 128: for weights of which no half of a sum can leave them. Null where
  // sums of 32 bits are as fast.
  void (*light_quads)(const QuadTiles&, const Ending&) = nullptr;
  void (*light_columns)(const ColumnTiles&, const Ending&) = nullptr;
  void (*pixels)(const PixelTiles&) = nullptr;
  std::int64_t (*peak)(const std::int8_t* bytes, std::int64_t rounds) = nullptr;  // see peak_loops.h
};

}  // namespace zsq::runtime::cpu
