#include <functional>

#include "graph/text_table.h"
#include "report/card.h"
#include "report/card_fields.h"

namespace zsq::report {
namespace {

using Rows = std::vector<NamedValue>;

/// Calls `each` with the heading and the facts of every section that says anything.
void sections(const Card& card, const std::function<void(std::string_view heading, const Rows& rows)>& each) {
  std::string_view section;
  Rows rows;
  const auto close = [&] {
    if (!rows.empty()) each(heading(section), rows);
    rows.clear();
  };
  for (const CardField& field : card_fields()) {
    const std::string_view of = field.key.substr(0, field.key.find('.'));
    if (of != section) close();
    section = of;
    const nlohmann::json value = card.value(field.key);
    if (!value.is_null()) rows.push_back({std::string(field.label), shown(value)});
  }
  close();
}

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

std::string to_text(const Card& card) {
  std::string text;
  sections(card, [&](std::string_view heading, const Rows& rows) {
    text += (text.empty() ? "" : "\n") + std::string(heading) + "\n" + named_values(rows);
  });
  return text;
}

std::string to_markdown(const Card& card) {
  std::string text = "# Quantization card: " + cell(shown(card.value("network.name"))) + "\n";
  sections(card, [&](std::string_view heading, const Rows& rows) {
    text += "\n## " + std::string(heading) + "\n\n| | |\n|---|---|\n";
    for (const NamedValue& row : rows) text += "| " + cell(row.name) + " | " + cell(row.value) + " |\n";
  });
  return text;
}

}  // namespace zsq::report
