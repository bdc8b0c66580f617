#include "apps/plan_origin.h"

#include <nlohmann/json.hpp>

#include "apps/version.h"
#include "graph/fingerprint.h"
#include "graph/sha256.h"
#include "graph/text.h"
#include "synth/report.h"

namespace zsq::apps {
namespace {

/// Where the calibration images came from, with what made them.
quantize::ImageOrigin origin(const Calibration& images, const synth::Options& options) {
  const torch::Tensor values = images.images.contiguous();
  quantize::ImageOrigin from{.source = images.source};
  from.sha256 = sha256({static_cast<const char*>(values.const_data_ptr()), values.nbytes()});
  if (images.source == "noise" || images.source == "statistics")
    from.options = nlohmann::json{{"seed", options.seed}}.dump();
  if (images.source == "synthesized") from.options = synth::to_json(options).dump();
  return from;
}

}  // namespace

quantize::Result with_origin(quantize::Result result, const ModelSource& source,
                             const std::filesystem::path& model, const Calibration& images,
                             const synth::Options& options) {
  result.file.metadata.network = source.model.name;
  result.file.metadata.labels = source.model.labels;
  result.recipe.version = kVersion;
  result.recipe.model = {as_utf8(model.filename().string()), weights_sha256(source.model.graph)};
  result.recipe.images = origin(images, options);
  result.file.metadata.recipe = to_json(result.recipe).dump();
  return result;
}

}  // namespace zsq::apps
