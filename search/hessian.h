#pragma once

#include "search/sensitivity.h"

namespace zsq::search {

struct HessianOptions {
  double share = 0.2;       // of a trace that its standard error may be, of every layer
  int most_probes = 64;     // however large the errors are then
  std::int64_t batch = 16;  // images of a probe
  std::uint64_t seed = 0;
};

/// How well traces are known.
struct Probing {
  int probes = 0;
  double largest_error = 0;  // of all traces: the standard error over the trace
};

/// HAWQ-V2's measure (Dong et al. 2020, "HAWQ-V2: Hessian aware trace-weighted quantization", section 3):
/// half the mean of the Hessian's trace over a layer's weights, times the squared distance that rounding
/// moves them; the same of activations. The loss is LossMeter's, whose Hessian at the float network is that
/// of Gauss and Newton and needs no labels. Traces by Hutchinson's method: v^T H v of random signs v, through
/// two backward passes; each probe is on another batch of the images.
struct HessianSensitivity {
  Sensitivity sensitivity;
  Probing probing;
};
HessianSensitivity hessian_sensitivity(const Candidates& candidates, const Space& space,
                                       const LossMeter& meter, const HessianOptions& options,
                                       const Progress& told);

}  // namespace zsq::search
