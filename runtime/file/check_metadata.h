#pragma once

#include <string>

#include "runtime/plan_file.h"

namespace zsq::runtime {

/// The metadata fits the (valid) plan and describes what can be done. Throws Error (Fault::model); `who` is
/// the file, for messages.
void check_metadata(const PlanFile& file, const std::string& who);

}  // namespace zsq::runtime
