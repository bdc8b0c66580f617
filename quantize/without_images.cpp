#include "quantize/without_images.h"

#include "quantize/calibrate.h"
#include "quantize/lower.h"
#include "quantize/prepare.h"
#include "quantize/quantize.h"
#include "quantize/steps.h"
#include "quantize/stored_ranges.h"

namespace zsq::quantize {

runtime::PlanFile plan_without_images(const Graph& graph, const Preprocessing& pixels, const Scheme& scheme) {
  check_quantizable(graph, scheme);
  QuantizedGraph q{prepared(graph), {}, {}, {}};
  q.units = units(q.graph);
  const auto ranges = stored_ranges(graph, q.graph, pixels);
  q.activation = grids(q.graph, q.units, pixels, scheme, [&](NodeId id, int) { return ranges[index(id)]; });
  Scheme nearest = scheme;
  nearest.rounding = Rounding::nearest;
  q.weight = quantize_weights(q, nearest);
  return lower(q, pixels);
}

}  // namespace zsq::quantize
