#pragma once

#include <string>
#include <vector>

#include <torch/csrc/jit/api/module.h>

#include "graph/graph.h"
#include "graph/import_options.h"
#include "graph/imported.h"

namespace zsq {

/// Reads a TorchScript module by running it once on an example and recording what it does, then checks that
/// the graph gives what the module gives. Batch norms stay as they are: the module is never frozen or
/// optimised. The module's parameters are converted to float32 in place. Throws UnsupportedError
/// for operators zsq does not know, Error: Fault::model for a module that does not run or holds weights that
/// are not finite, Fault::usage where the input's size is not known and cannot be found out; Interrupted
/// where options.stop asked for it. The module's code comes from outside: only operators that compute are
/// run (Fault::unsupported for others), and only for so long.
Imported import_torchscript(const torch::jit::Module& module, const ImportOptions& options);

/// Loads a TorchScript archive from its bytes. `who` names it in errors (Fault::model).
torch::jit::Module load_torchscript(std::string_view bytes, const std::string& who);

}  // namespace zsq
