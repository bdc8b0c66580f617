#pragma once

#include <string>
#include <string_view>

namespace zsq {

/// The model formats that zsq reads.
enum class Format { torchscript, zip_checkpoint, legacy_checkpoint, safetensors, onnx };

std::string_view name_of(Format format);

/// Tells them apart by content. Throws Error, beginning with `who`: Fault::unsupported for a model format
/// that zsq does not read yet (torch.export), with what to save instead; Fault::model for everything
/// else.
Format detect_format(std::string_view bytes, const std::string& who);

}  // namespace zsq
