#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "graph/onnx/tensor.h"
#include "graph/zip.h"

namespace zsq::pt2 {

using Files = std::map<std::string, ZipEntry, std::less<>>;

/// Whether a zip archive is one that torch.export.save wrote, of whatever age.
bool is_exported_program(const Files& files);

/// What torch.export.save of PyTorch 2.9 and newer writes: a program as JSON, and the raw bytes of tensors.
struct Archive {
  std::string_view program;
  std::unordered_map<std::string, onnx::Tensor> tensors;  // parameters, buffers and constants
};

/// Takes untrusted bytes, into which the result points. Throws Error, beginning with `who`:
/// Fault::unsupported for an archive in an older layout or one of several models, Fault::model where it is
/// damaged.
Archive open_archive(std::string_view bytes, const std::string& who);

}  // namespace zsq::pt2
