#include "quantize/recipe.h"

#include <algorithm>
#include <sstream>

#include <nlohmann/json.hpp>

#include "graph/text_table.h"

namespace zsq::quantize {

nlohmann::json to_json(const Recipe& recipe) {
  const Scheme& s = recipe.scheme;
  nlohmann::json json{
      {"zsq", recipe.version},
      {"model", {{"file", recipe.model.file}, {"weights_sha256", recipe.model.weights_sha256}}},
      {"images_sha256", recipe.images.sha256},
      {"images", recipe.images.source},
      {"image_count", recipe.image_count},
      {"wbits", s.weight_bits},
      {"abits", s.activation_bits},
      {"bits", to_text(s.bits)},
      {"rounding", name(rounding_of(s))},
      {"seed", s.seed},
      {"weight-range", name(s.weight_range)},
      {"activation-range", name(s.activation_range)},
      {"bias-correction", name(s.bias_correction)},
      {"equalization", name(s.equalization)},
      {"precision", to_json(recipe.precision)},
      {"steps_kept", recipe.steps_kept},
      {"steps_undone", recipe.steps_undone}};
  if (rounding_of(s) == Rounding::learned)
    json.update({{"learner", name(s.learner)}, {"learning-steps", s.learning_steps}});
  if (s.granularity != Granularity::channel) json["granularity"] = name(s.granularity);
  if (s.activation_symmetry != Symmetry::asymmetric)
    json["activation-symmetry"] = name(s.activation_symmetry);
  if (!recipe.images.options.empty()) json["image_options"] = nlohmann::json::parse(recipe.images.options);
  return json;
}

std::string to_text(const Recipe& recipe) {
  const Scheme& s = recipe.scheme;
  std::ostringstream images, widths, methods;
  images << recipe.images.source << ", " << recipe.image_count;
  widths << 'W' << s.weight_bits << 'A' << s.activation_bits;
  const bool found = std::ranges::all_of(s.bits, &BitsRule::by_search);
  if (!s.bits.empty()) widths << " but " << (found ? "where a search has found others" : to_text(s.bits));
  widths << ", pixels and classifier input 8 bit, logits int32";
  methods << "rounding " << name(rounding_of(s)) << ", ranges " << name(s.weight_range) << " and "
          << name(s.activation_range) << ", bias correction " << name(s.bias_correction) << ", equalization "
          << name(s.equalization);
  if (s.granularity == Granularity::tensor) methods << ", one scale for a tensor's weights";
  if (s.activation_symmetry == Symmetry::symmetric) methods << ", symmetric activations";
  return named_values({{"images", images.str()}, {"widths", widths.str()}, {"settings", methods.str()}});
}

}  // namespace zsq::quantize
