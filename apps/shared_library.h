#pragma once

#include <string>

namespace zsq::apps {

/// A part of the program that lies beside it, or in ../lib, in a shared library: what it needs itself is
/// loaded with it, and so late or not at all.
class SharedLibrary {
 public:
  /// Opens `file`, for good. Throws Error (Fault::device): `purpose`, which begins the sentence, and why it
  /// cannot be opened. It is refused, too, where it is not of this version of zsq.
  SharedLibrary(const std::string& file, const std::string& purpose);

  /// Throws Error (Fault::device) where there is none of that name.
  template <class Function>
  Function* function(const char* name) const {
    return reinterpret_cast<Function*>(symbol(name));
  }

 private:
  void* symbol(const char* name) const;

  std::string file_;
  void* handle_ = nullptr;
};

/// What each such library has under this name: the zsq it is of.
using LibraryVersion = const char*();
inline constexpr const char* kLibraryVersion = "zsq_library_version";

}  // namespace zsq::apps
