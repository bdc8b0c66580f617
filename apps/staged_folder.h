#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "apps/arguments.h"

namespace zsq::apps {

/// Before the work that fills a folder: throws Error (Fault::data) where it holds one of `names` and --force
/// was not given, or where it is not there and cannot be made. To see that it is made, and taken away again:
/// work that is interrupted leaves nothing behind.
void check_folder(const std::filesystem::path& folder, const std::vector<std::string>& names,
                  const Arguments& arguments);

/// Files that are to appear in a folder together. They are written into a folder beside their places, and
/// moved there by publish(); without it nothing has changed, and the folder is gone again if it was made for
/// them.
class StagedFolder {
 public:
  /// Throws Error (Fault::data) where the folder cannot be made or written to.
  explicit StagedFolder(std::filesystem::path folder);
  StagedFolder(const StagedFolder&) = delete;
  StagedFolder& operator=(const StagedFolder&) = delete;
  ~StagedFolder();

  /// Where to write the file of that name.
  std::filesystem::path operator/(const std::string& name) const { return stage_ / name; }

  /// Moves each file to its place; what was there under its name is replaced.
  void publish();

 private:
  std::filesystem::path folder_, stage_;
  bool made_ = false;  // the folder was not there
};

}  // namespace zsq::apps
