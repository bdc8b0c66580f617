#include "apps/command.h"

#include <cstdlib>

#include <unistd.h>

#include "graph/check.h"

namespace zsq::apps {

namespace {

/// By making one: permissions do not tell of read-only mounts, and to root they tell nothing.
bool can_create_files(const std::filesystem::path& folder) {
  std::string name = (folder / ".zsq-XXXXXX").string();
  const int file = mkstemp(name.data());
  if (file < 0) return false;
  close(file);
  unlink(name.c_str());
  return true;
}

}  // namespace

void check_output(const std::filesystem::path& path, const Arguments& arguments) {
  check(!path.empty(), Fault::usage, "-o FILE is needed: where the result goes");
  check(path != "-", Fault::usage, "-o is '-', but a plan or a report is a file; name one");
  check(arguments.flag("force") || !std::filesystem::exists(path), Fault::data, path.string(),
        ": is there already; --force replaces it");
  check(!std::filesystem::exists(path) || std::filesystem::is_regular_file(path), Fault::data, path.string(),
        ": is there already and is not a file, so nothing can replace it");
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  check(std::filesystem::is_directory(folder), Fault::data, folder.string(), ": there is no such folder");
  check(can_create_files(folder), Fault::data, folder.string(), ": cannot be written to");
}

}  // namespace zsq::apps
