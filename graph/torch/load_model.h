#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "graph/import_options.h"
#include "graph/preprocessing.h"
#include "graph/sidecar.h"

namespace zsq {

/// A model as a user hands it over: a file, and what stands beside it.
struct Model {
  std::string name;    // of the side-car, else the file's without its extension
  std::string format;  // "TorchScript", "state dict of ResNet-20", "ONNX by pytorch 2.11.0"
  Graph graph;
  std::vector<std::string> output_names;       // one per output, "" where the file names none; or empty
  std::optional<Preprocessing> preprocessing;  // absent where nothing says how pixels become the input
  std::vector<SetPreprocessing> image_sets;  // images that are prepared in another way: see preprocessing_for
  std::vector<std::string> labels;           // empty, or one per class
  std::vector<std::string> warnings;         // one sentence each, for the user
};

/// Reads a model of any format zsq knows, told apart by content, not by extension. Takes untrusted bytes.
/// A side-car NAME.json beside the file says what the file does not (see SideCar), else what hubs put there
/// (see hub_config.h).
/// Throws Error: Fault::model for what is no model or is damaged, Fault::unsupported for a format that zsq
/// does not read, UnsupportedError for operators, Fault::usage where the input's size is needed and not
/// known.
Model load_model(const std::filesystem::path& path, const ImportOptions& options = {});

}  // namespace zsq
