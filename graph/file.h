#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "graph/check.h"

namespace zsq {

/// The bytes of a file as they were when it was read. Not mapped: whoever cut a mapped file off would end the
/// process by a signal, and whoever wrote to it would change what has been checked already.
class FileBytes {
 public:
  /// Throws Error of that fault, naming the file, where it is missing, is a folder, cannot be read, becomes
  /// shorter meanwhile, or is larger than half of the machine's memory.
  explicit FileBytes(const std::filesystem::path& path, Fault fault = Fault::model);

  std::string_view view() const { return {bytes_.get(), size_}; }

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;
};

/// The same as a string, for small files.
std::string read_file(const std::filesystem::path& path, Fault fault = Fault::data);

/// Writes beside the file, syncs, and renames: whoever looks at `path` sees the old bytes or the new ones,
/// whole. Throws Error (Fault::data) where the folder is missing or read-only or the disk is full; then
/// nothing is left behind.
void write_file_atomically(const std::filesystem::path& path, std::string_view bytes);

}  // namespace zsq
