#pragma once

#include <string>
#include <vector>

#include "report/study.h"

namespace zsq::analyze {

/// What to do about what a study has found, most urgent first; `model` as it is typed in a command. Empty
/// where there is nothing to do.
std::vector<report::Advice> advice(const report::Study& study, const std::string& model);

}  // namespace zsq::analyze
