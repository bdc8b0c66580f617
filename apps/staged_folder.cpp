#include "apps/staged_folder.h"

#include <cstdlib>

#include "apps/command.h"
#include "graph/check.h"

namespace zsq::apps {

namespace fs = std::filesystem;

namespace {

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  check(fs::is_directory(folder), Fault::data, folder.string(), ": cannot be made a folder",
        error ? ": " + error.message() : "");
}

}  // namespace

void check_folder(const fs::path& folder, const std::vector<std::string>& names, const Arguments& arguments) {
  std::vector<fs::path> missing;  // the deepest first
  for (fs::path at = fs::absolute(folder).lexically_normal(); !fs::exists(at); at = at.parent_path())
    missing.push_back(at);
  make_folder(folder);
  std::error_code ignored;
  for (const fs::path& made : missing) fs::remove(made, ignored);
  if (!missing.empty()) return;
  for (const std::string& name : names) check_output(folder / name, arguments);
}

StagedFolder::StagedFolder(fs::path folder) : folder_(std::move(folder)), made_(!fs::exists(folder_)) {
  make_folder(folder_);
  std::string name = (folder_ / ".zsq-XXXXXX").string();
  check(mkdtemp(name.data()) != nullptr, Fault::data, folder_.string(), ": cannot be written to");
  stage_ = name;
}

StagedFolder::~StagedFolder() {
  std::error_code ignored;
  fs::remove_all(stage_, ignored);
  if (made_) fs::remove(folder_, ignored);  // does nothing unless it is empty
}

void StagedFolder::publish() {
  for (const auto& entry : fs::directory_iterator(stage_))
    fs::rename(entry.path(), folder_ / entry.path().filename());
}

}  // namespace zsq::apps
