#include "graph/text_table.h"

#include <algorithm>
#include <cctype>
#include <iomanip>
#include <sstream>

namespace zsq {
namespace {

bool looks_numeric(const std::string& cell) {
  return !cell.empty() &&
         (std::isdigit(static_cast<unsigned char>(cell[0])) != 0 || cell[0] == '-' || cell[0] == '+');
}

/// Characters, not bytes: "±" is one.
std::size_t width(const std::string& cell) {
  return static_cast<std::size_t>(
      std::ranges::count_if(cell, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

std::string text_table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()), 0);
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  }
  std::string out;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string gap(widths[i] - width(row[i]), ' ');
      line += (i > 0 ? "  " : "") + (looks_numeric(row[i]) ? gap + row[i] : row[i] + gap);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  }
  return out;
}

std::string named_values(const std::vector<NamedValue>& rows) {
  std::size_t widest = 0;
  for (const NamedValue& row : rows) widest = std::max(widest, width(row.name));
  std::string text;
  for (const NamedValue& row : rows)
    text += row.name + std::string(widest + 2 - width(row.name), ' ') + row.value + "\n";
  return text;
}

std::string fixed(double value, int decimals) {
  std::ostringstream out;
  out << std::fixed << std::setprecision(decimals) << value;
  return out.str();
}

std::string byte_count(std::uintmax_t count) {
  if (count < 1000) return std::to_string(count) + " B";
  const double kilo = static_cast<double>(count) / 1000;
  return kilo < 1000 ? fixed(kilo, 1) + " kB" : fixed(kilo / 1000, 2) + " MB";
}

}  // namespace zsq
