#pragma once

#include <nlohmann/json.hpp>

#include "apps/calibration.h"
#include "apps/console.h"
#include "quantize/quantize.h"
#include "report/card.h"

namespace zsq::apps {

/// What zsq quantize makes of a model before anything is written.
struct MadePlan {
  quantize::Result result;
  nlohmann::json facts;  // of `zsq quantize --json`, but for the file and its bytes
  report::Card card;     // but for the file
  torch::Tensor images;  // it was calibrated on
};

/// The plan that arguments of zsq quantize ask for, calibrated on these images and verified. model: the file.
/// Throws Error as each of its parts does.
MadePlan make_plan(const ModelSource& source, const Calibration& images, const std::filesystem::path& model,
                   const Arguments& arguments, Status& status);

/// The same with the images that the arguments ask for, and what a card says of how to make it again.
MadePlan make_plan(const ModelSource& source, const Arguments& arguments, Status& status);

}  // namespace zsq::apps
