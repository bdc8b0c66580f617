#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "tests/e2e/folder.h"

namespace zsq::e2e {

/// Expects success and one JSON object with these keys on stdout, and nothing else there.
nlohmann::json expect_facts(const Ended& ended, const std::vector<std::string>& keys);

/// A folder per class of sample(), `each` pictures in each.
void write_labelled(const Folder& folder, const std::string& name, int each);

}  // namespace zsq::e2e
