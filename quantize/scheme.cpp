#include "quantize/scheme.h"

#include <algorithm>

#include "graph/check.h"

namespace zsq::quantize {

Rounding rounding_of(const Scheme& scheme) {
  if (scheme.rounding) return *scheme.rounding;
  const auto is_few = [](int bits) { return bits < 6; };
  const bool few = is_few(scheme.weight_bits) || is_few(scheme.activation_bits) ||
                   std::ranges::any_of(scheme.bits, [&](const BitsRule& r) {
                     return is_few(r.weights) || is_few(r.activations);
                   });
  return few ? Rounding::learned : Rounding::second_order;
}

void check_scheme(const Scheme& scheme) {
  const auto in_range = [](int bits) { return 2 <= bits && bits <= 8; };
  check(in_range(scheme.weight_bits), Fault::usage, scheme.weight_bits,
        " bits were asked for weights, zsq has 2 to 8");
  check(in_range(scheme.activation_bits), Fault::usage, scheme.activation_bits,
        " bits were asked for activations, zsq has 2 to 8");
  check(1 <= scheme.learning_steps && scheme.learning_steps <= 100000, Fault::usage, scheme.learning_steps,
        " steps of learning were asked for, 1 to 100000 were needed");
  check(
      scheme.granularity == Granularity::channel || rounding_of(scheme) != Rounding::learned, Fault::usage,
      "learned rounding needs a scale for each channel of the weights; with one for a tensor give --rounding "
      "second-order, sum-preserving or nearest");
}

}  // namespace zsq::quantize
