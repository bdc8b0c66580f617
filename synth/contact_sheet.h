#pragma once

#include <filesystem>

#include <torch/types.h>

#include "graph/preprocessing.h"

namespace zsq::synth {

/// Writes a PNG that shows up to the first 64 images as a person sees them: side by side in a near-square
/// grid with gaps, small ones magnified to about 128 pixels without blur. Atomically. images: [n, c, h, w],
/// normalised, c 1 or 3. Throws Error (Fault::data) for another c, or where it cannot be written.
void write_contact_sheet(const std::filesystem::path& path, const torch::Tensor& images,
                         const Preprocessing& preprocessing);

}  // namespace zsq::synth
