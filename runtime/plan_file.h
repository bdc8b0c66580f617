#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "graph/preprocessing.h"
#include "runtime/plan.h"

namespace zsq::runtime {

/// What one slot's integers mean: real = scale * (q - zero_point); of an output as it is handed out, real =
/// scale * integer.
struct TensorInfo {
  std::string name;  // of the graph node whose value it holds
  double scale = 1;
  bool operator==(const TensorInfo&) const = default;
};

/// Everything a person wants to know about a plan and no session reads.
struct Metadata {
  std::string network;              // its name
  std::vector<TensorInfo> tensors;  // one per slot
  std::vector<std::string> steps;   // one name per step
  Preprocessing preprocessing;      // what makes the pixels
  std::vector<std::string> labels;  // empty, or of a classifier one per class
  std::string recipe;               // JSON object: how the plan was made (options, seed, version)
  bool operator==(const Metadata&) const = default;
};

struct PlanFile {
  Plan plan;
  Metadata metadata;
  bool operator==(const PlanFile&) const = default;
};

/// Whether a file must be what was written, byte for byte; not so for who looks for mistakes of the reader.
enum class Checksum { checked, ignored };

/// The `.zsq` file: a safetensors file (weights, biases, multipliers and shifts as integer tensors; weights
/// of fewer than 8 bits packed), program and metadata as JSON in its `__metadata__`, with a SHA-256
/// of all of it. The same PlanFile gives
/// the same bytes. save_plan appears atomically (written beside, fsynced, renamed) and throws Error
/// (Fault::data) when it cannot. load_plan treats the file as untrusted: every length is checked, and
/// validate() is run; throws Error (Fault::model).
std::string encode_plan(const PlanFile& file);
PlanFile decode_plan(std::string_view bytes, const std::string& who, Checksum with = Checksum::checked);
void save_plan(const PlanFile& file, const std::filesystem::path& path);
PlanFile load_plan(const std::filesystem::path& path);

}  // namespace zsq::runtime
