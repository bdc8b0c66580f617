#include "graph/torch/load_model.h"

#include "graph/file.h"
#include "graph/torch/torchscript.h"

namespace zsq {

Model load_model(const std::filesystem::path& path, const ImportOptions& given) {
  const FileBytes file(path);
  check(file.view().starts_with("PK"), Fault::model, path.string(),
        " is not a model that zsq can read; a TorchScript file was needed");
  const SideCar beside = find_sidecar(path).value_or(SideCar{});
  ImportOptions options = given;
  if (!options.input) options.input = beside.input;
  Imported imported = import_torchscript(load_torchscript(file.view(), path.string()), options);
  Model model{.name = beside.name.empty() ? path.stem().string() : beside.name,
              .format = "TorchScript",
              .graph = std::move(imported.graph),
              .preprocessing = beside.preprocessing,
              .image_sets = beside.image_sets,
              .labels = beside.labels,
              .warnings = std::move(imported.warnings)};
  model.warnings.insert(model.warnings.end(), beside.warnings.begin(), beside.warnings.end());
  return model;
}

}  // namespace zsq
