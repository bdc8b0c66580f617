#pragma once

#include <string>
#include <vector>

#include "images/image_set.h"

namespace zsq::images {

/// A set whose labels are the network's classes.
struct LabelledSet {
  ImageSet set;                            // its labels are numbers of classes, its class_names empty
  std::vector<std::string> warnings = {};  // one sentence each, for the user
};

/// Says which class of a network each picture of a set shows. Numbers are numbers of classes. Names are those
/// of `labels`, the network's class names (letters' case aside); where the network names none, and the set
/// has a name for each class, they are numbered in their order, as torchvision's ImageFolder does, which is
/// said in a warning. Throws Error (Fault::data) where the set has no labels, a number is none of
/// 0..classes-1, a name is none of the labels or stands for two of them, or the names cannot be told which
/// they are.
LabelledSet with_classes_of(ImageSet set, const std::vector<std::string>& labels, std::int64_t classes);

}  // namespace zsq::images
