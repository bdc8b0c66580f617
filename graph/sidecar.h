#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "graph/array.h"
#include "graph/preprocessing.h"

namespace zsq {

/// How the images of one folder are prepared; `path` is the end of that folder's path:
/// "images/imagenet_val_dev".
struct SetPreprocessing {
  std::string path;
  Preprocessing preprocessing;
  bool operator==(const SetPreprocessing&) const = default;
};

/// What NAME.json beside a model says about it; docs/sidecar.md has the schema.
struct SideCar {
  std::string name;
  std::optional<Shape> input;
  std::optional<Preprocessing> preprocessing;  // of any images; absent without mean and deviation
  std::vector<SetPreprocessing> image_sets;    // of these ones, where they differ
  std::vector<std::string> labels;
  std::vector<std::string> warnings;
};

/// The keys that mean something, by the object they stand in ("" is the whole, "protocol" each of its sets),
/// and those of the whole and of "input" that only describe.
struct SideCarKeys {
  std::string_view object;
  std::vector<std::string> read, descriptive;
};
std::span<const SideCarKeys> sidecar_keys();

/// Throws Error (Fault::model), beginning with `who`, where the text is not valid, a key is unknown or a
/// setting makes no sense. Class names in a file are looked for in `folder` and above it.
SideCar parse_sidecar(std::string_view text, const std::string& who, const std::filesystem::path& folder);

/// The side-car of a model file, if there is one.
std::optional<SideCar> find_sidecar(const std::filesystem::path& model);

/// How the images at `images` are prepared: as the set with the longest path that `images` lies in, else as
/// any.
std::optional<Preprocessing> preprocessing_for(const std::filesystem::path& images,
                                               std::span<const SetPreprocessing> sets,
                                               const std::optional<Preprocessing>& any);

}  // namespace zsq
