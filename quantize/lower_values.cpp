#include "quantize/lower_values.h"

#include <algorithm>
#include <cmath>

#include "graph/check.h"

namespace zsq::quantize {

runtime::Pixels lower_pixels(const Preprocessing& pixels, const QParams& out) {
  runtime::Pixels step{.out = {}, .multiplier = {}, .offset = {}, .shift = {}};
  for (std::size_t c = 0; c < pixels.mean.size(); ++c) {
    const double slope = 1 / (255 * pixels.deviation[c] * out.scale);
    const double start = out.zero_point - pixels.mean[c] / (pixels.deviation[c] * out.scale) + 0.5;
    int shift = 31;  // as many fraction bits as leave 255 * slope + |start| inside an int32
    while (shift > 0 && std::ldexp(255 * slope + std::abs(start) + 2, shift) >= 0x1p31) --shift;
    step.multiplier.push_back(static_cast<std::int32_t>(std::lround(std::ldexp(slope, shift))));
    step.offset.push_back(static_cast<std::int32_t>(std::lround(std::ldexp(start, shift))));
    step.shift.push_back(static_cast<std::uint8_t>(shift));
  }
  return step;
}

AddMultipliers add_factors(const QParams& a, const QParams& b, const QParams& out, const std::string& node) {
  const double first = a.scale / out.scale, second = b.scale / out.scale, larger = std::max(first, second);
  int shift = 30;  // the larger multiplier takes all 15 bits
  while (shift > 1 && std::ldexp(larger, shift) > 32767) --shift;
  check(std::ldexp(larger, shift) <= 32767, Fault::unsupported, node, ": its inputs are ", larger,
        " times as wide as its output");
  return {static_cast<std::int16_t>(std::lround(std::ldexp(first, shift))),
          static_cast<std::int16_t>(std::lround(std::ldexp(second, shift))),
          static_cast<std::uint8_t>(shift)};
}

std::array<std::int8_t, 256> table(const QParams& from, const QParams& to,
                                   const std::function<double(double)>& function) {
  std::array<std::int8_t, 256> values{};
  for (int q = -128; q < 128; ++q) {
    const int code = std::clamp(q, from.lowest(), from.highest());
    values[static_cast<std::size_t>(q + 128)] = static_cast<std::int8_t>(to.code(function(from.real(code))));
  }
  return values;
}

runtime::WideTable wide_table(runtime::SlotId in, runtime::SlotId out, const QParams& from, double scale,
                              const std::function<double(double)>& function) {
  runtime::WideTable step{.in = in, .out = out};
  for (int q = -128; q < 128; ++q) {
    const int code = std::clamp(q, from.lowest(), from.highest());
    step.values[static_cast<std::size_t>(q + 128)] =
        static_cast<std::int32_t>(std::llround(function(from.real(code)) / scale));
  }
  return step;
}

double apply(const Pointwise& op, double x) {
  switch (op.function) {
    case Function::sigmoid: return 1 / (1 + std::exp(-x));
    case Function::hardsigmoid: return std::clamp(x + 3, 0.0, 6.0) / 6;
    case Function::silu: return x / (1 + std::exp(-x));
    case Function::hardswish: return x * std::clamp(x + 3, 0.0, 6.0) / 6;
    case Function::leaky_relu: return x < 0 ? x * op.slope : x;
  }
  fail(Fault::unsupported, "unknown function");
}

}  // namespace zsq::quantize
