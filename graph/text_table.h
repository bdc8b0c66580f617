#pragma once

#include <cstdint>
#include <string>
#include <vector>

/// Facts as a person reads them in a terminal. Every result of a library has a text form made of these, and
/// a to_json beside it.
namespace zsq {

/// Rows of cells in aligned columns, the first row a heading; numbers to the right. A row may end early.
std::string text_table(const std::vector<std::vector<std::string>>& rows);

/// A name and its value on each line.
struct NamedValue {
  std::string name, value;
};
std::string named_values(const std::vector<NamedValue>& rows);

/// A number with that many decimals.
std::string fixed(double value, int decimals);

/// 1234567 -> "1.23 MB".
std::string byte_count(std::uintmax_t count);

}  // namespace zsq
