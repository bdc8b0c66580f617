#include "tests/e2e/folder.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include <gtest/gtest.h>
#include <stdlib.h>

namespace zsq::e2e {

namespace fs = std::filesystem;

Folder::Folder() {
  std::string name = (fs::temp_directory_path() / "zsq_e2e_XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder can be made");
  path_ = name;
}

Folder::~Folder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void Folder::write(const std::string& name, std::string_view bytes) const {
  fs::create_directories((path_ / name).parent_path());
  std::ofstream(path_ / name, std::ios::binary) << bytes;
}

std::string Folder::read(const std::string& name) const { return read_bytes(path_ / name); }

std::map<std::string, std::string> Folder::content() const {
  std::map<std::string, std::string> all;
  for (const auto& entry : fs::recursive_directory_iterator(path_))
    all[fs::relative(entry.path(), path_).string()] =
        entry.is_directory() ? "folder" : read_bytes(entry.path());
  return all;
}

std::string read_bytes(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string ppm(int height, int width, unsigned seed) {
  std::string bytes = "P6\n" + std::to_string(width) + " " + std::to_string(height) + "\n255\n";
  unsigned state = seed * 2654435761U + 1;
  for (int i = 0; i < 3 * height * width; ++i) {
    state = state * 1664525U + 1013904223U;
    bytes += static_cast<char>(state >> 24U);
  }
  return bytes;
}

void expect_refused(const Ended& ended, int code, const std::string& part) {
  EXPECT_EQ(ended.signal, 0) << ended.err;
  EXPECT_EQ(ended.code, code) << ended.err;
  EXPECT_EQ(ended.out, "");
  EXPECT_TRUE(ended.err.starts_with("zsq: ")) << ended.err;
  EXPECT_EQ(std::ranges::count(ended.err, '\n'), 1) << ended.err;
  EXPECT_TRUE(ended.err.ends_with('\n')) << ended.err;
  EXPECT_NE(ended.err.find(part), std::string::npos) << ended.err;
  for (const char* foreign : {"c10", "what()", "terminate", ".cpp", "Exception", "std::"})
    EXPECT_EQ(ended.err.find(foreign), std::string::npos) << ended.err;
}

void expect_refusal(const Folder& folder, const std::vector<std::string>& words, int code,
                    const std::string& part) {
  std::string line = "zsq";
  for (const std::string& word : words) line += " " + word;
  const testing::ScopedTrace trace(__FILE__, __LINE__, line);
  const auto before = folder.content();
  expect_refused(folder.run(words), code, part);
  EXPECT_TRUE(folder.content() == before) << "the folder has changed";
}

}  // namespace zsq::e2e
