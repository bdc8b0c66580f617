#pragma once

#include <string>
#include <string_view>

namespace zsq {

/// The model formats that zsq reads.
enum class Format { torchscript, zip_checkpoint, legacy_checkpoint, safetensors, onnx, exported_program };

std::string_view name_of(Format format);

/// Tells them apart by content. Throws Error (Fault::model), beginning with `who`, for everything else.
Format detect_format(std::string_view bytes, const std::string& who);

}  // namespace zsq
