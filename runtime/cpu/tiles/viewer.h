#pragma once

#include <vector>

#include "runtime/cpu/implementation.h"
#include "runtime/cpu/tiles/kernels.h"
#include "runtime/kernel.h"

namespace zsq::runtime::cpu {

/// What a tap is: one place of the window for filters of one channel, and otherwise as many values as follow
/// each other in memory, a row of the window where they can.
enum class TapKind { place, run };

/// What loops see each value as: wider ones are copies.
enum class Width { byte = 1, half = 2 };  // bytes

/// Gives the windows of a convolution to loops that know neither padding nor images: at constant offsets from
/// one pointer. Where a window can leave the image, a few rows of it are copied with the padding around them;
/// that is a pass over bytes, small beside the products.
class Viewer {
 public:
  /// added: to every value, modulo 2^8; all are copied then, and loops see them so.
  Viewer(const Window& window, std::int32_t zero_point, const Layout& in, const Shape& out, TapKind kind,
         std::int32_t added = 0, Width width = Width::byte);

  std::int64_t taps() const { return count_; }
  std::int64_t run() const { return run_; }                                              // values of a tap
  std::int32_t tap(std::int64_t t) const { return taps_[static_cast<std::size_t>(t)]; }  // from a place to it

  /// Calls see(views, first output place) for all places of some output rows, both counted through the batch.
  void for_each(Grid<const std::int8_t> in, Units rows, Scratch& scratch, const auto& see) const {
    if (step_ > 0) {
      for (std::int64_t first = rows.begin * out_.w, end = rows.end * out_.w; first < end;) {
        const std::int64_t count = std::min(std::ssize(places_), end - first);
        see(views(!changes_ ? in.values + first * step_ : copy(in, first, count, scratch), count), first);
        first += count;
      }
      return;
    }
    for (std::int64_t row = rows.begin; row < rows.end;) {
      const std::int64_t n = row / out_.h, y = row % out_.h;
      const std::int64_t count = std::min({band_, rows.end - row, out_.h - y});
      see(views(source(in, n, y, count, scratch), count * out_.w), row * out_.w);
      row += count;
    }
  }

  /// With taps of the first place added until there are whole fours of them.
  static Views in_fours(Views views) {
    views.tap_count = (views.tap_count + 3) / 4 * 4;
    return views;
  }

  /// Whether neighbours in a row of output see the same columns, of which each is one tap per row.
  bool has_columns() const {
    return step_ == 0 && window_.stride.w == 1 && window_.dilation.w == 1 && window_.kernel.w > 1;
  }
  std::int64_t next() const { return stride_; }  // from an output place to its neighbour then
  std::vector<std::int32_t> rows() const;        // of a window, in whole fours
  std::int64_t columns() const { return window_.kernel.w; }

  /// Whether offsets into such an image fit their type.
  static bool fits(const Window& window, const Shape& in, const Shape& out);

 private:
  Views views(const std::int8_t* in, std::int64_t count) const {
    return {in, places_.data(), taps_.data(), count, taps()};
  }
  std::int64_t strip_rows(std::int64_t band) const;
  /// Where the window of the first place of a band of output rows begins: in the image or in a copy.
  const std::int8_t* source(Grid<const std::int8_t> in, std::int64_t n, std::int64_t y, std::int64_t count,
                            Scratch& scratch) const;
  const std::int8_t* copy(Grid<const std::int8_t> in, std::int64_t first, std::int64_t count,
                          Scratch& scratch) const;
  void copy_values(std::int8_t* to, const std::int8_t* from, std::int64_t count) const;
  void fill(std::int8_t* to, std::int64_t values) const;  // with padding
  void copy_row(Grid<const std::int8_t> in, std::int64_t n, std::int64_t y, std::int8_t* to) const;

  Window window_;
  std::int32_t zero_point_;
  std::int8_t added_;
  Shape in_, out_;
  std::int64_t width_;  // bytes of a value as loops see it; strides and offsets count bytes
  bool changes_;        // whether copies are not the values themselves
  bool copies_;
  std::int64_t columns_;  // of a copy
  std::int64_t stride_;   // values from a place of the input, or of its copy, to the next
  std::int64_t pitch_;    // from a row to the next
  std::int64_t step_;     // from an output place to the next, if one number says it for the whole batch, or 0
  std::int64_t band_ = 1;  // output rows to see at once
  std::int64_t run_ = 1, count_ = 0;
  std::vector<std::int32_t> places_;
  std::vector<std::int32_t> taps_;  // whole fours of them, count_ of which mean something
};

}  // namespace zsq::runtime::cpu
