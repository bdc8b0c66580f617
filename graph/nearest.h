#pragma once

#include <string>
#include <vector>

namespace zsq {

/// The candidate with the fewest edits to `word` (Levenshtein 1966), or empty if none is near: for "did you
/// mean".
std::string nearest(const std::string& word, const std::vector<std::string>& candidates);

}  // namespace zsq
