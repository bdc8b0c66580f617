#pragma once

#include <string_view>

namespace zsq::apps {

/// That of the project in CMakeLists.txt; a test holds them together.
constexpr std::string_view kVersion = "0.1.0";

}  // namespace zsq::apps
