#pragma once

#include <string>

#include "images/image_set.h"

namespace zsq::evaluate {

/// SHA-256 over the bytes of a set's files, in its order, with each image's record and label: two sets that
/// have the same ask the same questions, wherever they lie. 64 hexadecimal digits. Throws Error (Fault::data)
/// where a file cannot be read.
std::string set_sha256(const images::ImageSet& set);

}  // namespace zsq::evaluate
