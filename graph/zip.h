#pragma once

#include <map>
#include <string>
#include <string_view>

namespace zsq {

/// The files of a zip archive by their names; they point into `bytes`. Reads stored entries only, as PyTorch
/// writes them, and zip64. Takes untrusted bytes: throws Error (Fault::model), beginning with `who`, where a
/// length or an offset does not fit, a name comes twice or an entry is compressed.
std::map<std::string, std::string_view, std::less<>> parse_zip(std::string_view bytes,
                                                               const std::string& who);

}  // namespace zsq
