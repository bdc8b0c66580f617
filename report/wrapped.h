#pragma once

#include <string>
#include <string_view>

namespace zsq::report {

/// `text` in lines of at most 100 characters, four of them an indent, each with its line end.
std::string wrapped(std::string_view text);

}  // namespace zsq::report
