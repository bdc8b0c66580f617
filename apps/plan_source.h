#pragma once

#include <filesystem>

namespace zsq::apps {

/// Whether a file is a plan rather than a model, by its content. Throws Error (Fault::model) if it cannot be
/// read.
bool is_plan(const std::filesystem::path& path);

}  // namespace zsq::apps
