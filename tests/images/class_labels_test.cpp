#include "images/class_labels.h"

#include <gtest/gtest.h>

#include "graph/check.h"

namespace zsq::images {
namespace {

using Names = std::vector<std::string>;

/// One picture of each.
ImageSet of_names(const Names& names) {
  ImageSet set{"set", {}, true, names};
  for (std::size_t i = 0; i < names.size(); ++i) set.images.push_back({"a.ppm", -1, static_cast<int>(i)});
  return set;
}

ImageSet of_numbers(const std::vector<int>& numbers) {
  ImageSet set{"set", {}, true, {}};
  for (const int number : numbers) set.images.push_back({"a.ppm", -1, number});
  return set;
}

std::vector<int> labels(const LabelledSet& labelled) {
  std::vector<int> all;
  for (const Picture& picture : labelled.set.images) all.push_back(picture.label);
  return all;
}

std::string refusal(const ImageSet& set, const Names& known, std::int64_t classes) {
  try {
    with_classes_of(set, known, classes);
  } catch (const Error& e) {
    EXPECT_EQ(e.fault(), Fault::data);
    return e.what();
  }
  return "nothing was refused";
}

const Names kKnown{"ant", "bee", "Cat", "dog"};

/// Only some of the classes are there: their places among the folders are not their numbers.
TEST(ClassLabels, AreFoundByName) {
  const LabelledSet labelled = with_classes_of(of_names({"cat", "dog"}), kKnown, 4);
  EXPECT_EQ(labels(labelled), (std::vector<int>{2, 3}));
  EXPECT_TRUE(labelled.warnings.empty());
  EXPECT_TRUE(labelled.set.class_names.empty());
}

TEST(ClassLabels, AreNumbersAsTheyStand) {
  const LabelledSet labelled = with_classes_of(of_numbers({3, 1, 3}), kKnown, 4);
  EXPECT_EQ(labels(labelled), (std::vector<int>{3, 1, 3}));
  EXPECT_NE(refusal(of_numbers({4}), kKnown, 4).find("its label is 4, the network has classes 0 to 3"),
            std::string::npos);
}

TEST(ClassLabels, AreCountedWhereOnlyTheSetNamesThem) {
  const LabelledSet labelled = with_classes_of(of_names({"a", "b", "c"}), {}, 3);
  EXPECT_EQ(labels(labelled), (std::vector<int>{0, 1, 2}));
  EXPECT_EQ(labelled.warnings.size(), 1U);
  EXPECT_NE(refusal(of_names({"a", "b"}), {}, 3).find("has 2 classes by name, the network has 3"),
            std::string::npos);
}

TEST(ClassLabels, AreRefusedWhereTheyAreUnknownOrStandForTwo) {
  EXPECT_NE(refusal(of_names({"dogs"}), kKnown, 4).find("did you mean 'dog'?"), std::string::npos);
  EXPECT_NE(refusal(of_names({"zebra"}), kKnown, 4).find("'zebra' is none of"), std::string::npos);
  EXPECT_NE(refusal(of_names({"crane"}), {"crane", "boat", "crane"}, 3).find("0 and 2"), std::string::npos);
  ImageSet plain = of_numbers({0});
  plain.has_labels = false;
  EXPECT_NE(refusal(plain, kKnown, 4).find("has no labels"), std::string::npos);
}

}  // namespace
}  // namespace zsq::images
