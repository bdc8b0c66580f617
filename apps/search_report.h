#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "apps/search_measuring.h"
#include "search/check.h"

/// What zsq search says of what it found.
namespace zsq::apps {

/// A row as an object, by the names that docs/json.md has.
nlohmann::ordered_json facts_of(const search::Measured& measured, const Row& row);

/// Rank correlations of each measure with what is lost together.
nlohmann::ordered_json check_facts(const Ready& ready, const search::Check& check);

/// A line for each row, what it costs and loses.
std::string table_of(const search::Measured& measured, const std::vector<Row>& rows);

/// A line for each layer, its widths.
std::string layers_of(const search::Space& space, const search::Widths& widths);

/// The file of `found`; there is always the best so far.
void write_widths(const std::filesystem::path& output, const search::Space& space,
                  const search::Widths& found, const nlohmann::ordered_json& facts);

}  // namespace zsq::apps
