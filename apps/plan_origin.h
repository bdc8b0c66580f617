#pragma once

#include <filesystem>

#include "apps/calibration.h"
#include "quantize/quantize.h"

namespace zsq::apps {

/// The same plan, which says of itself, too, which network it is of, what that calls its classes, and what it
/// was made from: the model in `model`, and the images with what decided them.
quantize::Result with_origin(quantize::Result result, const ModelSource& source,
                             const std::filesystem::path& model, const Calibration& images,
                             const synth::Options& options);

}  // namespace zsq::apps
