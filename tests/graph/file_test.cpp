#include "graph/file.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace zsq {
namespace {

namespace fs = std::filesystem;

/// An empty folder that is gone after the test.
class FileTest : public testing::Test {
 protected:
  FileTest() : folder_(fs::temp_directory_path() / ("zsq_file_test_" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
  }
  ~FileTest() override { fs::remove_all(folder_); }
  fs::path folder_;
};

std::ptrdiff_t entries(const fs::path& folder) {
  return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

TEST_F(FileTest, WritesReplacesAndReads) {
  const fs::path path = folder_ / "a.bin";
  write_file_atomically(path, std::string(100'000, 'x'));
  write_file_atomically(path, std::string_view("a\0b", 3));
  EXPECT_EQ(read_file(path), std::string("a\0b", 3));
  EXPECT_EQ(FileBytes(path).view(), std::string_view("a\0b", 3));
  EXPECT_EQ(entries(folder_), 1);
  write_file_atomically(path, "");
  EXPECT_EQ(FileBytes(path).view(), "");
}

TEST_F(FileTest, NamesTheFileThatIsMissingOrAFolder) {
  EXPECT_THROW(FileBytes(folder_ / "absent"), Error);
  EXPECT_THROW(FileBytes{folder_}, Error);
  try {
    read_file(folder_ / "absent", Fault::data);
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.fault(), Fault::data);
    EXPECT_NE(std::string(e.what()).find("absent"), std::string::npos);
  }
}

TEST_F(FileTest, LeavesNothingBehindWhenItCannotWrite) {
  EXPECT_THROW(write_file_atomically(folder_ / "no" / "a", "x"), Error);
  fs::create_directory(folder_ / "taken");
  EXPECT_THROW(write_file_atomically(folder_ / "taken", "x"), Error);  // a file cannot replace a folder
  EXPECT_EQ(entries(folder_), 1);
}

}  // namespace
}  // namespace zsq
