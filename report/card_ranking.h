#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evaluate/paired_test.h"
#include "report/card.h"
#include "report/card_diff.h"

namespace zsq::report {

struct NamedCard {
  std::string name;
  Card card;
};

/// A card in its group, best first.
struct RankedCard {
  std::string name;
  double top1 = 0, confidence95 = 0;  // per cent
  std::optional<evaluate::PairedTest> beside =
      {};  // the one above it, where both say which images were right
};

/// Cards in which nothing that confounds differs.
struct CardGroup {
  std::vector<RankedCard> cards;
  std::vector<CardDifference> apart;  // what sets it apart from the first group; empty for that one
};

/// Throws Error (Fault::data) where a card has no accuracy.
std::vector<CardGroup> ranked(const std::vector<NamedCard>& cards);

/// What `zsq compare-cards` prints, as tables and as JSON.
std::string to_text(const std::vector<CardGroup>& groups);
nlohmann::json to_json(const std::vector<CardGroup>& groups);

}  // namespace zsq::report
