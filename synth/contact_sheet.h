#pragma once

#include <filesystem>
#include <string>

#include <torch/types.h>

#include "graph/preprocessing.h"

namespace zsq::synth {

/// A PNG that shows up to the first 64 images as a person sees them: side by side in a near-square
/// grid with gaps, small ones magnified to about 128 pixels without blur. images: [n, c, h, w], normalised,
/// c 1 or 3. Throws Error (Fault::data) for another c.
std::string contact_sheet(const torch::Tensor& images, const Preprocessing& preprocessing);

/// The same as a file, atomically. Throws Error (Fault::data) where it cannot be written, too.
void write_contact_sheet(const std::filesystem::path& path, const torch::Tensor& images,
                         const Preprocessing& preprocessing);

}  // namespace zsq::synth
