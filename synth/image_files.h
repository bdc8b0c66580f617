#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <torch/types.h>

#include "graph/array.h"
#include "synth/options.h"

namespace zsq::synth {

/// Images, and where they came from.
struct SavedImages {
  torch::Tensor images;  // [n, c, h, w] float32, normalised, on the CPU
  std::string network;   // the name of the model they were made from
  std::string recipe;    // JSON of the options
  std::uint64_t seed = 0;
  std::string weights_sha256 = {};  // of that model (graph/fingerprint.h); empty where the file does not say
};

/// Writes a safetensors file with one tensor "images", the rest as metadata; atomically. The same set gives
/// the same bytes.
void save_images(const std::filesystem::path& path, const SavedImages& set);

/// "images-1-of-4.safetensors": a file of one shard; "images.safetensors" where there is one only.
std::string shard_file(const std::string& stem, const Shard& shard, const std::string& extension);

/// The images of all shards in a folder, in order; empty where it holds none. Throws Error (Fault::data)
/// where one is missing.
std::vector<std::filesystem::path> shard_files(const std::filesystem::path& folder);

/// The bytes are not trusted. `input` is what the network takes. Throws Error (Fault::data) where the file
/// cannot be read, is cut short, has no float32 tensor "images" of those extents, or a value is not a finite
/// number. Metadata may be missing, as in files that other programs have written.
SavedImages load_images(const std::filesystem::path& path, const Shape& input);

}  // namespace zsq::synth
