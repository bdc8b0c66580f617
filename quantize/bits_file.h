#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "quantize/bits.h"

/// Widths of layers as a file: {"layers": {"layer1.0.conv1": {"weights": 4, "activations": 8}, ...}, ...}.
namespace zsq::quantize {

/// The rules of such a file, in its order, each by_search. Other keys beside "layers" are about how it was
/// found and are not read. Throws Error (Fault::usage) that names the file and the layer which is not so.
std::vector<BitsRule> read_bits_file(const std::filesystem::path& path);

/// The value of "layers".
nlohmann::ordered_json layers_json(const std::vector<BitsRule>& rules);

}  // namespace zsq::quantize
