#include "graph/torch/load_model.h"

#include "graph/file.h"
#include "graph/torch/torchscript.h"

namespace zsq {

Model load_model(const std::filesystem::path& path, const ImportOptions& options) {
  const FileBytes file(path);
  check(file.view().starts_with("PK"), Fault::model, path.string(),
        " is not a model that zsq can read; a TorchScript file was needed");
  Imported imported = import_torchscript(load_torchscript(file.view(), path.string()), options);
  return {path.stem().string(),        "TorchScript", std::move(imported.graph), {}, {},
          std::move(imported.warnings)};
}

}  // namespace zsq
