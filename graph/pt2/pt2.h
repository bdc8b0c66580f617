#pragma once

#include <string>
#include <string_view>

#include "graph/import_options.h"
#include "graph/imported.h"

namespace zsq {

/// Reads a .pt2 file, which torch.export.save wrote (PyTorch 2.9 and newer), of a convolutional network;
/// batch norms stay as they are. Takes untrusted bytes and runs nothing. Throws Error beginning with `who`:
/// Fault::model where it is damaged, UnsupportedError for operators, Fault::unsupported for another version,
/// Fault::usage where the input's size is needed and not known, or is given and the file says another.
Imported import_pt2(std::string_view bytes, const ImportOptions& options, const std::string& who);

}  // namespace zsq
