#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "graph/check.h"

namespace zsq {

/// The bytes of a file, mapped: nothing is copied, and pages that nobody reads are not loaded.
class FileBytes {
 public:
  /// Throws Error of that fault, naming the file, where it is missing, is a folder or cannot be read.
  explicit FileBytes(const std::filesystem::path& path, Fault fault = Fault::model);
  FileBytes(FileBytes&& other) noexcept;
  FileBytes& operator=(FileBytes&&) = delete;
  ~FileBytes();

  std::string_view view() const { return view_; }

 private:
  std::string_view view_;
};

/// The same as a copy, for small files.
std::string read_file(const std::filesystem::path& path, Fault fault = Fault::data);

/// Writes beside the file, syncs, and renames: whoever looks at `path` sees the old bytes or the new ones,
/// whole. Throws Error (Fault::data) where the folder is missing or read-only or the disk is full; then
/// nothing is left behind.
void write_file_atomically(const std::filesystem::path& path, std::string_view bytes);

}  // namespace zsq
