#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace zsq {

/// The names of classes in a text, one a line; a WordNet id before a name ("n01440764 tench") is left out.
/// Throws Error (Fault::model), beginning with `who`, where it is no short text.
std::vector<std::string> parse_labels(std::string_view text, const std::string& who);

/// Those of a file. Throws Error (Fault::model) where it cannot be read, too.
std::vector<std::string> read_labels(const std::filesystem::path& path);

/// The file of that relative path, in `folder` or one of the folders above it. Paths with ".." find nothing.
std::optional<std::filesystem::path> find_upwards(const std::filesystem::path& folder,
                                                  const std::filesystem::path& file);

}  // namespace zsq
