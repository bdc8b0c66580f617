#include <nlohmann/json.hpp>

#include "graph/text_table.h"
#include "quantize/quantize.h"

/// What the quantizer did, for people and for programs.
namespace zsq::quantize {
namespace {

using nlohmann::json;

json to_json(const StepReport& step) {
  return {{"name", step.name},
          {"sqnr_db", step.sqnr_db ? json(*step.sqnr_db) : json()},
          {"kept", step.kept},
          {"seconds", step.seconds}};
}

std::string use_of(const ImageUse& images) {
  if (images.are_noise) return "(not judged: noise says nothing of a network's outputs)\n";
  if (images.judged_by == 0) return "(not judged: fewer than four images, so none could be held back)\n";
  return "(of the outputs of " + std::to_string(images.judged_by) +
         (images.judged_by == 1 ? " image" : " images") +
         " held back, by simulation; what was kept is fitted on " +
         (images.fitted_again ? "all " + std::to_string(images.all)
                              : "the other " + std::to_string(images.all - images.judged_by)) +
         ")\n";
}

}  // namespace

std::string to_text(const Result& result) {
  std::vector<std::vector<std::string>> rows{{"step", "SQNR dB", ""}};
  for (const StepReport& s : result.steps)
    rows.push_back(
        {s.name, s.sqnr_db ? fixed(*s.sqnr_db, 1) : "-", s.kept ? "" : "undone: it made things worse"});
  std::string text = text_table(rows) + use_of(result.images) + "\n";
  for (const std::string& line : result.constant_channels)
    text += "dead channels (scale 1, codes 0) in " + line + "\n";
  return text;
}

json to_json(const Result& result) {
  json steps = json::array();
  for (const StepReport& step : result.steps) steps.push_back(to_json(step));
  return {{"steps", steps},
          {"image_count", result.images.all},
          {"images_judged_by", result.images.judged_by},
          {"dead_channels", result.constant_channels},
          {"precision", to_json(result.recipe.precision)}};
}

}  // namespace zsq::quantize
