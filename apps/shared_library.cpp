#include "apps/shared_library.h"

#include <filesystem>

#include <dlfcn.h>

#include "apps/version.h"
#include "graph/check.h"

namespace zsq::apps {
namespace {

namespace fs = std::filesystem;

/// Empty where it is at neither place.
fs::path place_of(const std::string& file) {
  std::error_code ignored;
  const fs::path folder = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  for (const fs::path& place : {folder / file, folder / ".." / "lib" / file})
    if (fs::exists(place, ignored)) return place;
  return {};
}

}  // namespace

SharedLibrary::SharedLibrary(const std::string& file, const std::string& purpose) : file_(file) {
  const fs::path place = place_of(file);
  check(!place.empty(), Fault::device, purpose, " (", file,
        " lies neither beside the program nor in ../lib)");
  handle_ = dlopen(place.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle_ == nullptr) fail(Fault::device, purpose, " (", dlerror(), ")");
  const std::string version = function<LibraryVersion>(kLibraryVersion)();
  check(version == kVersion, Fault::device, purpose, " (", place.string(), " is of zsq ", version,
        ", this is zsq ", kVersion, ")");
}

void* SharedLibrary::symbol(const char* name) const {
  void* found = dlsym(handle_, name);
  check(found != nullptr, Fault::device, file_, " has no '", name,
        "'; it is not of this zsq, install it again");
  return found;
}

}  // namespace zsq::apps
