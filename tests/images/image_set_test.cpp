#include "images/image_set.h"

#include <gtest/gtest.h>

#include "graph/check.h"
#include "tests/images/temporary_folder.h"

namespace zsq::images {
namespace {

const std::string kRecord(1 + 3 * 32 * 32, '\x02');  // of a CIFAR-10 binary file: label 2, dark pixels

TEST(ImageSet, TakesTheNumbersOfFoldersAsLabels) {
  const TemporaryFolder folder;
  for (const char* name : {"10/a.ppm", "2/b.PPM", "2/readme.txt"}) folder.write(name, "");
  const ImageSet set = open_image_set(folder.path());
  ASSERT_EQ(set.images.size(), 2U);
  EXPECT_TRUE(set.has_labels);
  EXPECT_TRUE(set.class_names.empty());
  EXPECT_EQ(set.images[0].file.filename(), "b.PPM");
  EXPECT_EQ(set.images[0].label, 2);
  EXPECT_EQ(set.images[1].label, 10);
}

TEST(ImageSet, KeepsTheNamesOfFolders) {
  const TemporaryFolder folder;
  for (const char* name : {"dog/a.ppm", "cat/b.ppm"}) folder.write(name, "");
  const ImageSet set = open_image_set(folder.path());
  EXPECT_EQ(set.class_names, (std::vector<std::string>{"cat", "dog"}));
  EXPECT_EQ(set.images[0].label, 0);
  folder.write("3/c.ppm", "");
  EXPECT_THROW(open_image_set(folder.path()), Error) << "is '3' a number or a name?";
}

TEST(ImageSet, TakesLabelsFromAList) {
  const TemporaryFolder folder;
  folder.write("a b.png", "");
  folder.write("labels.txt", "a b.png 7\r\n\n");
  const ImageSet set = open_image_set(folder.path());
  ASSERT_EQ(set.images.size(), 1U);
  EXPECT_EQ(set.images[0].label, 7);
  folder.write("labels.txt", "a b.png\tgreat white shark\n");
  EXPECT_EQ(open_image_set(folder.path()).class_names, (std::vector<std::string>{"great white shark"}));
}

TEST(ImageSet, ReadsRecordsOfABinaryFile) {
  const TemporaryFolder folder;
  const auto file = folder.write("two.bin", kRecord + kRecord);
  const ImageSet set = open_image_set(file);
  ASSERT_EQ(set.images.size(), 2U);
  EXPECT_EQ(set.images[1].record, 1);
  EXPECT_EQ(set.images[1].label, 2);
  EXPECT_EQ(open_image_set(folder.path()).images.size(), 2U);
  folder.write("cut.bin", kRecord.substr(1));
  EXPECT_THROW(open_image_set(folder.path() / "cut.bin"), Error);
  EXPECT_THROW(open_image_set(folder.path()), Error) << "which of the two files?";
}

TEST(ImageSet, IsSpreadAtEvenDistances) {
  ImageSet set;
  for (int i = 0; i < 10; ++i) set.images.push_back({"", -1, i});
  const auto labels = [&](std::int64_t count) {
    std::vector<int> found;
    for (const Picture& picture : spread(set, count)) found.push_back(picture.label);
    return found;
  };
  EXPECT_EQ(labels(5), (std::vector<int>{0, 2, 4, 6, 8}));
  EXPECT_EQ(labels(3), (std::vector<int>{0, 3, 6}));
  EXPECT_EQ(labels(99).size(), 10U);
}

}  // namespace
}  // namespace zsq::images
