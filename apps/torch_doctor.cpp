#include "apps/torch_doctor.h"

#include <opencv2/core/version.hpp>
#include <torch/types.h>
#include <torch/version.h>

#include "graph/graph.h"
#include "quantize/quantize.h"
#include "runtime/compare.h"

namespace zsq::apps {
namespace {

/// Quantizes a network of three layers and compares every device with the reference on it.
std::int64_t mismatches_of_a_network() {
  Graph g;
  const auto ramp = [](std::int64_t count) {
    std::vector<float> v(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < v.size(); ++i)
      v[i] = 0.1F * static_cast<float>(static_cast<int>(i * 37 % 19) - 9);
    return v;
  };
  const NodeId x = g.add("input", Input{{1, 3, 9, 9}});
  const NodeId conv =
      g.add("conv", Conv2d{{{8, 3, 3, 3}, ramp(216)}, ramp(8), {{3, 3}, {2, 2}, {}, {1, 1, 1, 1}}, 1}, {x});
  const NodeId relu = g.add("relu", Clamp{}, {conv});
  const NodeId depthwise =
      g.add("depthwise", Conv2d{{{8, 1, 3, 3}, ramp(72)}, {}, {{3, 3}, {}, {}, {1, 1, 1, 1}}, 8}, {relu});
  const NodeId add = g.add("add", Add{}, {depthwise, relu});
  const NodeId pool = g.add("pool", GlobalAvgPool{}, {add});
  g.add("linear", Linear{{{5, 8, 1, 1}, ramp(40)}, {}}, {pool});
  const Preprocessing pixels{.mean = {0.5, 0.5, 0.5}, .deviation = {0.5, 0.5, 0.5}};
  const auto images = torch::linspace(-1, 1, 4 * 3 * 81).reshape({4, 3, 9, 9});
  const auto plan = quantize::quantize(g, pixels, images, {}).file.plan;
  std::int64_t mismatches = 0;
  for (const auto& c :
       runtime::compare(plan, runtime::available_devices(), runtime::probe_images(plan.image, 8, 0)))
    mismatches += c.mismatches;
  return mismatches;
}

}  // namespace

TorchFacts find_torch_facts() { return {TORCH_VERSION, CV_VERSION, mismatches_of_a_network()}; }

}  // namespace zsq::apps
