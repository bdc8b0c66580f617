#pragma once

#include <filesystem>
#include <optional>

#include "apps/arguments.h"
#include "graph/torch/load_model.h"

namespace zsq::apps {

/// A model and how its images are prepared, from its file, its side-car and the command line, the last first.
struct ModelSource {
  Model model;
  Preprocessing preprocessing;  // for images that are made
  bool known = true;  // false: nothing said how pixels become the input, mean 0 and deviation 1 are assumed
  Arguments arguments;

  /// For the images of a set on disk.
  Preprocessing preprocessing_for(const std::filesystem::path& images) const;
};

/// --input CxHxW, where it was given.
std::optional<Shape> input_from(const Arguments& arguments);

/// As model_options() say.
ModelSource open_model(const std::filesystem::path& path, const Arguments& arguments);

}  // namespace zsq::apps
