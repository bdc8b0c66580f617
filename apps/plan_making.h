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
};

/// The plan that arguments of zsq quantize ask for, verified. Throws Error as each of its parts does.
MadePlan make_plan(const ModelSource& source, const Arguments& arguments, Status& status);

}  // namespace zsq::apps
