#include "graph/pt2/json_reader.h"

#include <limits>

#include "graph/json_guard.h"

namespace zsq::pt2 {
namespace {

// A node of a network takes two kilobytes of text, and parsing makes some ten times as much of it.
constexpr std::size_t kMaxText = std::size_t{64} << 20U;
constexpr int kMaxDepth = 24;

}  // namespace

json JsonReader::parse(std::string_view text, const std::string& what) const {
  need(text.size() <= kMaxText, what, " has ", text.size(), " bytes, at most ", kMaxText, " were expected");
  const JsonGuard guard(kMaxDepth, [&](const std::string& wrong) { need(false, what, ' ', wrong); });
  try {
    json value = json::parse(text, guard);
    need(value.is_object(), what, " is no JSON object");
    return value;
  } catch (const json::exception&) {
    need(false, what, " is not valid JSON");
  }
  return {};
}

const json& JsonReader::member(const json& object, const char* key) const {
  need(object.is_object(), "'", key, "' was looked for in what is no object");
  const auto found = object.find(key);
  need(found != object.end(), "'", key, "' is missing");
  return *found;
}

const json& JsonReader::list(const json& object, const char* key) const {
  const json& value = member(object, key);
  need(value.is_array(), "'", key, "' is no list");
  return value;
}

std::string JsonReader::text(const json& value) const {
  need(value.is_string(), "a name is no text");
  return value.get<std::string>();
}

std::int64_t JsonReader::integer(const json& value) const {
  const bool fits =
      value.is_number_integer() &&
      (!value.is_number_unsigned() ||
       value.get<std::uint64_t>() <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()));
  need(fits, "a number is no integer");
  return value.get<std::int64_t>();
}

double JsonReader::number(const json& value) const {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (value == "Infinity") return kInfinity;
  if (value == "-Infinity") return -kInfinity;
  if (value == "NaN") return std::numeric_limits<double>::quiet_NaN();
  need(value.is_number(), "a number is none");
  return value.get<double>();
}

std::pair<std::string, const json*> JsonReader::alternative(const json& value) const {
  need(value.is_object() && value.size() == 1, "an argument is of no kind");
  return {value.begin().key(), &value.begin().value()};
}

}  // namespace zsq::pt2
