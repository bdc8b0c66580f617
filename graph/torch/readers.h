#pragma once

#include <string>
#include <string_view>

#include "graph/format.h"
#include "graph/torch/torchscript.h"

namespace zsq {

/// Reads a model file's bytes, which are not trusted. `who` names the file in errors: Fault::model where it
/// is damaged, UnsupportedError and Fault::unsupported for what zsq does not know, Fault::usage where the
/// input's size is needed and not known.
using Reader = Imported (*)(std::string_view bytes, const ImportOptions& options, const std::string& who);

/// What reads files of that format: the one table from formats to readers.
Reader reader_of(Format format);

}  // namespace zsq
