#pragma once

#include <string_view>

namespace zsq::apps {

constexpr std::string_view kVersion =
    "0.1.0";  // that of the project in CMakeLists.txt; a test holds them together

}  // namespace zsq::apps
