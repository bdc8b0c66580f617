#include "graph/json_settings.h"

#include <algorithm>
#include <cmath>

#include "graph/limits.h"
#include "graph/nearest.h"

namespace zsq {

JsonSettings::json JsonSettings::parse(std::string_view text) const {
  try {
    const auto too_deep = [&](int depth, json::parse_event_t, json&) {
      need(depth < 32, "it is nested too deeply");
      return true;
    };
    return json::parse(text, too_deep);
  } catch (const json::parse_error& e) {
    const std::string_view before = text.substr(0, std::min(e.byte, text.size()));
    need(false, "it is not valid JSON at line ", 1 + std::ranges::count(before, '\n'));
  } catch (const json::exception&) {
    need(false, "it holds a number that is too large");
  }
  return {};
}

const JsonSettings::json* JsonSettings::find(const json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

void JsonSettings::need_known(const json& object, std::string_view place,
                              const std::vector<std::string>& known) const {
  for (const auto& [key, value] : object.items()) {
    if (key.starts_with('_') || std::ranges::find(known, key) != known.end()) continue;
    const std::string near = nearest(key, known);
    need(false, place, place.empty() ? "" : " ", "has the key \"", key, "\", which means nothing here",
         near.empty() ? "" : ", did you mean \"" + near + "\"?", " (a note of your own begins with _)");
  }
}

std::string JsonSettings::shown(const json& value) {
  return value.dump(-1, ' ', true, json::error_handler_t::replace).substr(0, 40);
}

std::string JsonSettings::string(const json& value, const char* key) const {
  need(value.is_string(), '"', key, "\" is not a string");
  return value.get<std::string>();
}

int JsonSettings::extent(const json& value, const char* key, int least) const {
  need(value.is_number_integer() && value >= least && value <= kMaxSide, '"', key, "\" is ", shown(value),
       ", an integer from ", least, " to ", kMaxSide, " was needed");
  return value.get<int>();
}

std::vector<double> JsonSettings::numbers(const json& value, const char* key, std::size_t channels,
                                          double divisor) const {
  std::vector<double> out;
  for (const json& item : value.is_array() ? value : json::array({value})) {
    need(item.is_number() && std::isfinite(item.get<double>()), '"', key, "\" holds ", shown(item),
         ", numbers were needed");
    out.push_back(item.get<double>() / divisor);
  }
  if (out.size() == 1) out.resize(channels, out[0]);
  need(out.size() == channels, '"', key, "\" has ", out.size(), " values for ", channels, " channels");
  return out;
}

}  // namespace zsq
