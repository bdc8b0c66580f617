#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace zsq {

struct StateTensor {
  std::vector<std::int64_t> dims;
  std::vector<float> values;  // row-major, whatever strides and type the file has
};

/// A network's parameters and buffers by name: "layer1.0.bn1.running_mean".
using StateDict = std::map<std::string, StateTensor, std::less<>>;

enum class CheckpointKind { zip, legacy, safetensors };

/// Reads a state dict that torch.save wrote (a zip archive, or the older format), or a safetensors file. It
/// may be nested under "state_dict", "model" and the like; prefixes that wrappers put before every name are
/// taken off. Never executes anything. Takes untrusted bytes and allocates no more than they justify: throws
/// Error (Fault::model), beginning with `who`, for a damaged file, for a whole pickled module, and where
/// there are no tensors.
StateDict read_state_dict(std::string_view bytes, CheckpointKind kind, const std::string& who);

/// What torch.save wrote before it wrote zip archives begins with this.
bool is_legacy_checkpoint(std::string_view bytes);

}  // namespace zsq
