#pragma once

#include <string>
#include <vector>

#include "graph/text_table.h"
#include "report/card.h"

namespace zsq::report {

/// What a card says under one heading.
struct CardSection {
  std::string heading;
  std::vector<NamedValue> rows;
};

/// Those that say anything, in the order of card_fields().
std::vector<CardSection> card_sections(const Card& card);

}  // namespace zsq::report
