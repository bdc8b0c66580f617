#include "quantize/finish.h"

#include <nlohmann/json.hpp>

#include "quantize/batches.h"
#include "quantize/lower.h"
#include "quantize/precision.h"
#include "quantize/prepare.h"
#include "quantize/sqnr.h"
#include "quantize/supported.h"

namespace zsq::quantize {
namespace {

std::vector<std::string> constant_channels(const QuantizedGraph& q) {
  std::vector<std::string> all;
  for (const auto& [id, weight] : q.weight) {
    const auto count = constant_outputs(weight);
    if (count > 0)
      all.push_back(q.graph[id].name + ": " + std::to_string(count) + " of " +
                    std::to_string(weight.scale.size()));
  }
  return all;
}

Recipe recipe_of(const Scheme& scheme, Precision precision, const Result& result) {
  Recipe recipe{
      .scheme = scheme, .precision = std::move(precision), .images = {}, .image_count = result.images.all};
  for (const StepReport& step : result.steps)
    (step.kept ? recipe.steps_kept : recipe.steps_undone).push_back(step.name);
  return recipe;
}

}  // namespace

Graph prepared_for(const Graph& graph, const Scheme& scheme) {
  check_scheme(scheme);
  Graph result = prepared(graph);
  check_supported(result);
  choose_precision(result, units(result), scheme);
  return result;
}

void finish(Result& result, const QuantizedGraph& network, const Preprocessing& pixels,
            const Scheme& scheme) {
  result.file = lower(network, pixels);
  result.constant_channels = constant_channels(network);
  result.recipe = recipe_of(scheme, choose_precision(network.graph, network.units, scheme), result);
  result.file.metadata.recipe = to_json(result.recipe).dump();
}

double float_sqnr_db(const Graph& given, const Graph& prepared, const torch::Tensor& images) {
  const auto few = images.slice(0, 0, 8);
  return worst_sqnr_db(run_batches(TorchExecutor(given), few), run_batches(TorchExecutor(prepared), few));
}

}  // namespace zsq::quantize
