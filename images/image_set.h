#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "graph/preprocessing.h"

namespace zsq::images {

/// One picture of a set, still a file or a record of one.
struct Picture {
  std::filesystem::path file;
  std::int64_t record = -1;  // of a CIFAR-10 binary file; -1: the file is a picture
  int label = -1;            // -1: the set has none
};

/// A set of pictures: a folder of a folder per class (labels in the order of their names, numbers by value),
/// a folder with a labels.txt of `FILE CLASS` lines, a CIFAR-10 binary file or a folder that holds just one,
/// a folder of pictures without labels, or one picture.
struct ImageSet {
  std::filesystem::path path;
  std::vector<Picture> images;
  bool has_labels = false;
};

/// Lists a set without decoding it. Throws Error (Fault::data) where there is nothing, a listed file is
/// missing, a labels.txt line is not `FILE CLASS`, or a binary file's size is not a whole number of records.
ImageSet open_image_set(const std::filesystem::path& path);

/// At most `count` pictures of a set, at even distances.
std::vector<Picture> spread(const ImageSet& set, std::int64_t count);

/// Throws Error (Fault::data) unless every label lies in [0, classes).
void check_labels(const ImageSet& set, std::int64_t classes);

}  // namespace zsq::images
