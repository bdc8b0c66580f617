#pragma once

namespace zsq::quantize {

/// An affine grid of integers: real = scale * (q - zero_point), q in [lowest(), highest()].
struct QParams {
  double scale = 1;
  int zero_point = 0;
  int bits = 8;  // 2..8

  int lowest() const { return -(1 << (bits - 1)); }
  int highest() const { return (1 << (bits - 1)) - 1; }

  /// To nearest, ties up, clamped to the grid.
  int code(double real) const;
  double real(int q) const { return scale * (q - zero_point); }

  bool operator==(const QParams&) const = default;
};

/// Real values from low to high.
struct Range {
  double low = 0, high = 0;
  bool operator==(const Range&) const = default;
};

/// The grid of so many bits that covers `range` and zero, which is a code of its own: padding is exact. A
/// range that is only zero has scale 1 and zero point 0.
QParams cover(Range range, int bits);

/// The same with zero point 0.
QParams cover_symmetric(Range range, int bits);

}  // namespace zsq::quantize
