#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "graph/sidecar.h"

namespace zsq {

/// What model hubs put beside weights about how pixels become the input: preprocessor_config.json of Hugging
/// Face's transformers, config.json of timm (its "pretrained_cfg", or the same keys at its top). None where
/// the text, which is not trusted, is no such file: folders hold other files of these names. Throws Error
/// (Fault::model), beginning with `who`, where it is one and a setting makes no sense.
std::optional<SideCar> parse_hub_config(std::string_view text, const std::string& who);

/// The one beside a model file: preprocessor_config.json, else config.json.
std::optional<SideCar> find_hub_config(const std::filesystem::path& model);

}  // namespace zsq
