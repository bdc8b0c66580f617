#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "graph/import_options.h"
#include "graph/imported.h"
#include "graph/onnx/model.h"
#include "graph/unsupported.h"

namespace zsq::onnx {

using Constants = std::unordered_map<std::string, Tensor>;

/// The graph of a model of one image, whatever file it was in. constants: its initializers, none of which is
/// in another file any more. file_bytes: bounds what reading it may make. Throws Error that begins with `who`
/// or says what it is about: Fault::model, UnsupportedError for operators, Fault::usage where the input's
/// size is needed and not known, or is given and the file says another.
Imported import_model(const Model& model, Constants constants, const ImportOptions& options,
                      const std::string& who, std::size_t file_bytes);

/// What `read` gives; its Errors begin with `who`.
template <class Read>
Imported naming(const std::string& who, Read read) {
  try {
    return read();
  } catch (const UnsupportedError& e) {
    throw UnsupportedError(who + ": ", e.all());
  } catch (const Error& e) {
    if (std::string_view(e.what()).starts_with(who)) throw;
    fail(e.fault(), who, ": ", e.what());
  }
}

}  // namespace zsq::onnx
