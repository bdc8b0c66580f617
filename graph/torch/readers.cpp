#include "graph/torch/readers.h"

#include "graph/architectures/architecture.h"
#include "graph/check.h"
#include "graph/onnx/onnx.h"
#include "graph/pt2/pt2.h"
#include "graph/unsupported.h"

namespace zsq {
namespace {

void check_no_architecture(const ImportOptions& options, const std::string& who) {
  check(options.architecture.empty(), Fault::usage, who, " is a whole network, --arch ", options.architecture,
        " is for files that hold parameters alone; leave it out");
}

Imported read_onnx(std::string_view bytes, const ImportOptions& options, const std::string& who) {
  check_no_architecture(options, who);
  return import_onnx(bytes, options, who);
}

Imported read_pt2(std::string_view bytes, const ImportOptions& options, const std::string& who) {
  check_no_architecture(options, who);
  return import_pt2(bytes, options, who);
}

/// Importers speak of the model; the user wants to know which file that is.
Imported read_torchscript(std::string_view bytes, const ImportOptions& options, const std::string& who) {
  check_no_architecture(options, who);
  try {
    return import_torchscript(load_torchscript(bytes, who), options);
  } catch (const UnsupportedError& e) {
    throw UnsupportedError(who + ": ", e.all());
  } catch (const Error& e) {
    if (std::string_view(e.what()).starts_with(who)) throw;
    fail(e.fault(), who, ": ", e.what());
  }
}

template <CheckpointKind kKind>
Imported read_checkpoint(std::string_view bytes, const ImportOptions& options, const std::string& who) {
  BuiltIn built =
      build_architecture(read_state_dict(bytes, kKind, who), options.input, who, options.architecture);
  return {.graph = std::move(built.graph), .output_names = {}, .warnings = {}, .architecture = built.name};
}

}  // namespace

Reader reader_of(Format format) {
  switch (format) {
    case Format::torchscript: return read_torchscript;
    case Format::zip_checkpoint: return read_checkpoint<CheckpointKind::zip>;
    case Format::legacy_checkpoint: return read_checkpoint<CheckpointKind::legacy>;
    case Format::onnx: return read_onnx;
    case Format::exported_program: return read_pt2;
    case Format::safetensors: return read_checkpoint<CheckpointKind::safetensors>;
  }
  return nullptr;
}

}  // namespace zsq
