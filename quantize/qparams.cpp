#include "quantize/qparams.h"

#include <algorithm>
#include <cmath>

namespace zsq::quantize {

int QParams::code(double real) const {
  const double q = std::floor(real / scale + 0.5) + zero_point;
  return static_cast<int>(std::clamp<double>(q, lowest(), highest()));
}

QParams cover(Range range, int bits) {
  const double low = std::min(range.low, 0.0), high = std::max(range.high, 0.0);
  QParams p{.bits = bits};
  const double scale = (high - low) / (p.highest() - p.lowest());
  if (!(scale > 1e-30)) return p;  // all zero, or so small that its reciprocal is no float
  p.scale = scale;
  p.zero_point = std::clamp(static_cast<int>(std::lround(p.lowest() - low / scale)), p.lowest(), p.highest());
  return p;
}

QParams cover_symmetric(Range range, int bits) {
  QParams p{.bits = bits};
  const double scale = std::max(std::abs(range.low), std::abs(range.high)) / p.highest();
  if (scale > 1e-30) p.scale = scale;
  return p;
}

}  // namespace zsq::quantize
