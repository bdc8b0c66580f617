#pragma once

#include <filesystem>

#include "runtime/plan_file.h"

namespace zsq::apps {

/// Whether a file is a plan rather than a model, by its content; where it is damaged, by its name. Throws
/// Error (Fault::model) if it cannot be read.
bool is_plan(const std::filesystem::path& path);

/// Throws Error as runtime::load_plan does; of a model it says that it is one, and what makes a plan of it.
runtime::PlanFile open_plan(const std::filesystem::path& path);

/// Throws Error (Fault::model) for a plan, where a model is needed.
void check_no_plan(const std::filesystem::path& path);

}  // namespace zsq::apps
