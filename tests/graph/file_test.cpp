#include "graph/file.h"

#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {
int umask_calls = 0;
}  // namespace

/// In place of the C library's.
extern "C" mode_t umask(mode_t mask) noexcept {
  ++umask_calls;
  return static_cast<mode_t>(::syscall(SYS_umask, mask));
}

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

/// To ask for the umask is to change it, for all threads: another one would create files that all may write.
TEST_F(FileTest, LeavesTheUmaskAlone) {
  const mode_t usual = ::umask(0027);
  umask_calls = 0;
  write_file_atomically(folder_ / "a", "x");
  EXPECT_EQ(umask_calls, 0);
  ::umask(usual);
  EXPECT_EQ(fs::status(folder_ / "a").permissions(), fs::perms{0640});
}

TEST_F(FileTest, WritesBesideWhatOthersHaveLeft) {
  const std::string left = (folder_ / "a").string() + '.' + std::to_string(::getpid()) + ".0";
  std::ofstream(left) << "precious";
  write_file_atomically(folder_ / "a", "x");
  EXPECT_EQ(read_file(folder_ / "a"), "x");
  EXPECT_EQ(read_file(left), "precious");
  EXPECT_EQ(entries(folder_), 2);
}

/// Whoever cuts a mapped file off ends the process that reads it, by SIGBUS.
TEST_F(FileTest, KeepsWhatItHasRead) {
  const std::string content(100'000, 'x');
  write_file_atomically(folder_ / "a", content);
  const FileBytes file(folder_ / "a");
  fs::resize_file(folder_ / "a", 10);
  EXPECT_EQ(file.view(), content);
  std::ofstream(folder_ / "a") << "yyyyyyyyyyyyyyyyyyyy";
  EXPECT_EQ(file.view(), content);
}

/// A hole of a terabyte takes no room on the disk.
TEST_F(FileTest, RefusesMoreThanTheMemoryHolds) {
  std::ofstream(folder_ / "a") << "x";
  std::error_code error;
  fs::resize_file(folder_ / "a", std::uintmax_t{1} << 43U, error);
  if (error) GTEST_SKIP() << "skipped: " << error.message();
  EXPECT_THROW(FileBytes(folder_ / "a"), Error);
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
