#pragma once

#include "runtime/batch.h"

namespace zsq::runtime::cpu {

/// Makes the rows of a matrix whose product with the weights is a convolution: what the window of an output
/// place sees, widened to 32 bits; the input's zero point outside the image.
class Patches {
 public:
  /// Sums of that many products; no more output places than chunk() are worth gathering at once.
  static std::int64_t chunk(std::int64_t depth);

  Patches(const Kernel& kernel, std::int32_t in_zero_point, const Layout& in, const Shape& out);

  std::int64_t depth() const { return depth_; }

  /// Output places of one group, counted through the batch from `first`, as [count][depth].
  void gather(Grid<const std::int8_t> in, std::int64_t first, std::int64_t count, std::int64_t group,
              std::int32_t* patches) const;

 private:
  struct Place {
    std::int64_t n, y, x;
  };
  void gather_place(Grid<const std::int8_t> in, Place place, std::int64_t group, std::int32_t* patch) const;

  Window window_;
  std::int64_t inputs_, depth_;  // of one group
  Shape out_;
  std::int32_t zero_point_;
  bool contiguous_;  // whether the taps of a row follow each other in memory
};

}  // namespace zsq::runtime::cpu
