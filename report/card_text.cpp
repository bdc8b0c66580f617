#include "graph/text_table.h"
#include "report/card.h"
#include "report/card_fields.h"
#include "report/card_sections.h"

namespace zsq::report {
namespace {

/// A cell of a table: what would end it is written as it is shown.
std::string cell(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    if (c == '|' || c == '\\' || c == '`' || c == '<' || c == '*' || c == '_') safe += '\\';
    safe += c == '\n' || c == '\r' ? ' ' : c;
  }
  return safe;
}

}  // namespace

std::vector<CardSection> card_sections(const Card& card) {
  std::vector<CardSection> all;
  std::string_view last;
  for (const CardField& field : card_fields()) {
    const nlohmann::json value = card.value(field.key);
    if (value.is_null()) continue;
    const std::string_view section = field.key.substr(0, field.key.find('.'));
    if (section != last) all.push_back({std::string(heading(section)), {}});
    last = section;
    all.back().rows.push_back({std::string(field.label), shown(value)});
  }
  return all;
}

std::string to_text(const Card& card) {
  std::string text;
  for (const CardSection& section : card_sections(card))
    text += (text.empty() ? "" : "\n") + section.heading + "\n" + named_values(section.rows);
  return text;
}

std::string to_markdown(const Card& card) {
  std::string text = "# Quantization card: " + cell(shown(card.value("network.name"))) + "\n";
  for (const CardSection& section : card_sections(card)) {
    text += "\n## " + section.heading + "\n\n| | |\n|---|---|\n";
    for (const NamedValue& row : section.rows)
      text += "| " + cell(row.name) + " | " + cell(row.value) + " |\n";
  }
  return text;
}

}  // namespace zsq::report
