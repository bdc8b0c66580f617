#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "graph/import_options.h"
#include "graph/imported.h"

namespace zsq {

/// Reads an ONNX file (operator sets 9 and newer) of a convolutional network; batch norms stay as they are.
/// Takes untrusted bytes. `who`: the file's path, beside which external tensors lie. Throws Error beginning
/// with `who`: Fault::model where it is damaged, UnsupportedError for operators, Fault::usage where the
/// input's size is needed and not known, or is given and the file says another.
Imported import_onnx(std::string_view bytes, const ImportOptions& options, const std::string& who);

}  // namespace zsq
