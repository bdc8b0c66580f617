#include "graph/format.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "graph/check.h"
#include "graph/checkpoint.h"
#include "graph/pt2/archive.h"
#include "graph/text.h"
#include "graph/zip.h"

namespace zsq {
namespace {

constexpr const char* kAdvice =
    "; save the model from Python with torch.jit.trace(model, example).save(\"model.pt\")";

Format format_of_zip(std::string_view bytes, const std::string& who) {
  const auto files = parse_zip(bytes, who);
  const auto has = [&](std::string_view what) {
    return std::ranges::any_of(files, [&](const auto& f) { return f.first.find(what) != std::string::npos; });
  };
  if (has("/constants.pkl") && has("/code/")) return Format::torchscript;
  if (pt2::is_exported_program(files)) return Format::exported_program;
  check(has("/data.pkl") || files.contains("data.pkl"), Fault::model, who,
        " is a zip archive, but no model that PyTorch wrote", kAdvice);
  return Format::zip_checkpoint;
}

bool is_safetensors(std::string_view bytes) {
  if (bytes.size() < 9 || bytes[8] != '{') return false;
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), sizeof length);
  return length < (std::uint64_t{1} << 32U);
}

/// A protobuf whose first field is a small version number, and that names its producer or a graph soon.
bool is_onnx(std::string_view bytes) {
  if (bytes.size() < 4 || bytes[0] != '\x08' || bytes[1] < 1 || bytes[1] > 32) return false;
  return bytes[2] == '\x12' || bytes[2] == '\x3a' || bytes[2] == '\x42' || bytes[2] == '\x1a';
}

const char* known_stranger(std::string_view bytes) {
  if (bytes.starts_with("\x89HDF\r\n")) return "a Keras HDF5 file";
  if (bytes.starts_with("\x89PNG") || bytes.starts_with("\xFF\xD8\xFF")) return "an image";
  if (bytes.substr(0, 8).ends_with("TFL3")) return "a TensorFlow Lite file";
  if (bytes.starts_with("\x80") && bytes.size() > 1 && bytes[1] >= 2 && bytes[1] <= 5)
    return "a pickle that torch.save did not write";
  if (is_text(bytes)) return "a text file";
  return "in no format that zsq knows";
}

}  // namespace

std::string_view name_of(Format format) {
  switch (format) {
    case Format::torchscript: return "TorchScript";
    case Format::zip_checkpoint:
    case Format::legacy_checkpoint: return "state dict";
    case Format::safetensors: return "safetensors";
    case Format::onnx: return "ONNX";
    case Format::exported_program: return "torch.export";
  }
  return {};
}

Format detect_format(std::string_view bytes, const std::string& who) {
  check(!bytes.empty(), Fault::model, who, " is empty; a model file was needed");
  if (bytes.starts_with("PK")) return format_of_zip(bytes, who);
  if (is_legacy_checkpoint(bytes)) return Format::legacy_checkpoint;
  if (is_safetensors(bytes)) return Format::safetensors;
  if (is_onnx(bytes)) return Format::onnx;
  fail(Fault::model, who, " is ", known_stranger(bytes),
       "; a TorchScript, torch.export or ONNX file, a state dict or a safetensors file was needed", kAdvice);
}

}  // namespace zsq
