#include "images/class_labels.h"

#include <algorithm>
#include <cctype>

#include "graph/check.h"
#include "graph/nearest.h"

namespace zsq::images {
namespace {

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

std::string place(const Picture& picture) {
  return picture.file.string() + (picture.record < 0 ? "" : ": record " + std::to_string(picture.record));
}

/// The class of that name. `who` names the set.
int class_named(const std::string& name, const std::vector<std::string>& labels, const std::string& who) {
  std::vector<int> found;
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (lower_case(labels[i]) == lower_case(name)) found.push_back(static_cast<int>(i));
  const std::string near = found.empty() ? nearest(name, labels) : "";
  check(!found.empty(), Fault::data, who, ": '", name, "' is none of the network's ", labels.size(),
        " class names", near.empty() ? "" : "; did you mean '" + near + "'?",
        near.empty() ? "; give the classes by those names, or by their numbers" : "");
  check(found.size() == 1, Fault::data, who, ": two classes of the network are called '", name, "', ",
        found[0], " and ", found.back(), "; give this set's classes by their numbers");
  return found[0];
}

/// For each name of the set, the number of its class.
std::vector<int> classes_of_names(const ImageSet& set, const std::vector<std::string>& labels,
                                  std::int64_t classes, std::vector<std::string>& warnings) {
  const std::string who = set.path.string();
  std::vector<int> numbers;
  if (!labels.empty()) {
    for (const std::string& name : set.class_names) numbers.push_back(class_named(name, labels, who));
    return numbers;
  }
  check(std::ssize(set.class_names) == classes, Fault::data, who, ": has ", set.class_names.size(),
        " classes by name, the network has ", classes,
        " and does not say what they are called; name them in its side-car (class_names), or call the "
        "classes by their numbers, from 0");
  for (std::size_t i = 0; i < set.class_names.size(); ++i) numbers.push_back(static_cast<int>(i));
  warnings.push_back(who + ": its classes are numbered in the order of their names, from '" +
                     set.class_names.front() + "' to '" + set.class_names.back() +
                     "', for the network does not say what its classes are called");
  return numbers;
}

}  // namespace

LabelledSet with_classes_of(ImageSet set, const std::vector<std::string>& labels, std::int64_t classes) {
  check(set.has_labels, Fault::data, set.path.string(),
        ": has no labels; needed are a folder per class, a labels.txt with 'FILE CLASS' lines, or a CIFAR-10 "
        ".bin file");
  LabelledSet labelled;
  if (!set.class_names.empty()) {
    const auto numbers = classes_of_names(set, labels, classes, labelled.warnings);
    for (Picture& picture : set.images) picture.label = numbers[static_cast<std::size_t>(picture.label)];
    set.class_names.clear();
  }
  for (const Picture& picture : set.images)
    check(0 <= picture.label && picture.label < classes, Fault::data, place(picture), ": its label is ",
          picture.label, ", the network has classes 0 to ", classes - 1);
  labelled.set = std::move(set);
  return labelled;
}

}  // namespace zsq::images
