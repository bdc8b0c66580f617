#include "quantize/from_statistics.h"

#include <algorithm>
#include <chrono>
#include <memory>

#include "graph/check.h"
#include "graph/torch/one_thread.h"
#include "quantize/bias_correction.h"
#include "quantize/finish.h"
#include "quantize/matched.h"
#include "quantize/second_order.h"
#include "quantize/steps.h"

namespace zsq::quantize {
namespace {

using torch::Tensor;

/// The scheme without what needs images.
Scheme without_images(Scheme scheme) {
  check(!scheme.rounding || *scheme.rounding != Rounding::learned, Fault::usage,
        "rounding is not learned without images; leave --rounding to auto, or make images (--effort fast)");
  scheme.rounding = std::min(rounding_of(scheme), Rounding::second_order);
  scheme.equalization = Equalization::none;
  return scheme;
}

/// Runs the steps on a network, and keeps how long each took.
class Steps {
 public:
  Steps(Result& result, const Progress& progress) : result_(result), progress_(progress) {}

  template <class Change>
  void run(const std::string& name, Change change) {
    if (progress_) progress_(name);
    const auto begun = std::chrono::steady_clock::now();
    change();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    result_.steps.push_back({.name = name, .seconds = took.count()});
  }

 private:
  Result& result_;
  const Progress& progress_;
};

}  // namespace

Result quantize_from_statistics(const Graph& graph, const Preprocessing& pixels, const Tensor& noise,
                                const Scheme& asked, const Progress& progress) {
  check(noise.dim() == 4 && noise.size(0) > 0, Fault::data, "calibration needs at least one image of noise");
  const OneThread alone;
  const Scheme scheme = without_images(asked);
  const Graph prepared = prepared_for(graph, scheme);
  Result result;
  Steps steps(result, progress);
  Matched matched;
  QuantizedGraph network;
  steps.run("matching to batch norms", [&] {
    matched = matched_to_norms(graph, prepared, noise);
    check(!matched.factors.empty(), Fault::unsupported,
          "no layer has a batch norm behind it, so nothing is known of the values inside the network");
    network = calibrated_state(matched.graph, pixels, noise, scheme).network;
  });
  steps.run(std::string(name(std::min(*scheme.rounding, Rounding::sum_preserving))) + " rounding",
            [&] { network.weight = quantize_weights(network, scheme); });
  if (*scheme.rounding == Rounding::second_order)
    steps.run("second-order rounding",
              [&] { network = with_second_order_rounding(std::move(network), noise); });
  if (scheme.bias_correction == BiasCorrection::empirical)
    steps.run("bias correction, each layer by itself",
              [&] { network.graph = correct_biases_apart(network, noise); });
  result.images = {.all = noise.size(0), .are_noise = true};
  if (progress) progress("lowering");
  finish(result, of_real(matched, std::move(network), prepared), pixels, scheme);
  result.float_sqnr_db = float_sqnr_db(graph, prepared, noise);
  return result;
}

}  // namespace zsq::quantize
