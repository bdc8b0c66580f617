#pragma once

#include <functional>

#include "apps/arguments.h"
#include "runtime/plan_file.h"

namespace zsq::apps {

/// Measures and prints as the options of `zsq bench` say. make_plan: reads or makes the plan, which counts as
/// loading. The exit code.
int bench(const std::function<runtime::PlanFile()>& make_plan, const Arguments& arguments);

}  // namespace zsq::apps
