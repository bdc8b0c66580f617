#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/e2e/program.h"

namespace zsq::e2e {

/// A fresh folder that goes away with the object.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  void write(const std::string& name, std::string_view bytes) const;  // with the folders it lies in
  std::string read(const std::string& name) const;

  /// Each file with its bytes; each folder with "folder".
  std::map<std::string, std::string> content() const;

  Ended run(const std::vector<std::string>& words) const { return run_zsq(words, {.folder = path_}); }

 private:
  std::filesystem::path path_;
};

std::string read_bytes(const std::filesystem::path& file);

/// A picture of height x width pixels as binary PPM; `seed` decides its colours.
std::string ppm(int height, int width, unsigned seed);

/// Runs the program in the folder and expects it to refuse: this exit code, one line on stderr that begins
/// "zsq: " and holds `part`, nothing on stdout, and the folder as it was.
void expect_refusal(const Folder& folder, const std::vector<std::string>& words, int code,
                    const std::string& part);

/// Same, for a call that has ended; the folder is not looked at.
void expect_refused(const Ended& ended, int code, const std::string& part);

}  // namespace zsq::e2e
