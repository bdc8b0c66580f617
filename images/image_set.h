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
  int label = -1;            // of its class, or of its class's name in the set; -1: the set has none
};

/// A set of pictures: a folder of a folder per class, a folder with a labels.txt of `FILE CLASS` lines, a
/// CIFAR-10 binary file or a folder that holds just one, a folder of pictures without labels, or one picture.
/// Which network's class a name stands for is with_classes_of's to say.
struct ImageSet {
  std::filesystem::path path;
  std::vector<Picture> images;
  bool has_labels = false;
  std::vector<std::string> class_names = {};  // in their order; empty where classes are numbers
};

/// Lists a set without decoding it. Throws Error (Fault::data) where there is nothing, a listed file is
/// missing, a labels.txt line is not `FILE CLASS` (a tab between them where a name of a class has spaces),
/// some classes are numbers and others names, or a binary file's size is not a whole number of records.
ImageSet open_image_set(const std::filesystem::path& path);

/// At most `count` pictures of a set, at even distances.
std::vector<Picture> spread(const ImageSet& set, std::int64_t count);

}  // namespace zsq::images
