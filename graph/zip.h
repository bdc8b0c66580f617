#pragma once

#include <map>
#include <string>
#include <string_view>

namespace zsq {

/// One file of a zip archive.
struct ZipEntry {
  std::string_view bytes;
  bool compressed = false;  // TorchScript compresses code, never tensors; zsq has no use for the code itself
};

/// The files of a zip archive (or zip64) by their names; they point into `bytes`. Takes untrusted bytes:
/// throws Error (Fault::model), beginning with `who`, where a length or an offset does not fit or a name
/// comes twice.
std::map<std::string, ZipEntry, std::less<>> parse_zip(std::string_view bytes, const std::string& who);

}  // namespace zsq
