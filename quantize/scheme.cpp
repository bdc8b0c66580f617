#include "quantize/scheme.h"

#include "graph/check.h"

namespace zsq::quantize {

void check_scheme(const Scheme& scheme) {
  const auto in_range = [](int bits) { return 2 <= bits && bits <= 8; };
  check(in_range(scheme.weight_bits), Fault::usage, scheme.weight_bits,
        " bits were asked for weights, zsq has 2 to 8");
  check(in_range(scheme.activation_bits), Fault::usage, scheme.activation_bits,
        " bits were asked for activations, zsq has 2 to 8");
}

}  // namespace zsq::quantize
