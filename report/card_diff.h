#pragma once

#include <string>
#include <vector>

#include "report/card.h"
#include "report/card_fields.h"

namespace zsq::report {

/// One fact in which two cards differ; null where one does not say.
struct CardDifference {
  CardField field;
  nlohmann::json a, b;
};

/// All of them, in the order of card_fields(). What one card does not say differs from whatever the other
/// says.
std::vector<CardDifference> differences(const Card& a, const Card& b);

/// Those that forbid to rank the two.
std::vector<CardDifference> confounders(const Card& a, const Card& b);

/// What `zsq card diff` prints, as a table and as JSON; the names are those of the two cards.
std::string to_text(const std::vector<CardDifference>& all, const std::string& a, const std::string& b);
nlohmann::json to_json(const std::vector<CardDifference>& all);

}  // namespace zsq::report
