#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "graph/check.h"

namespace zsq {

/// Reads settings out of untrusted JSON. What is not as it should be throws Error (Fault::model): who, the
/// setting, what it is and what was needed.
class JsonSettings {
 public:
  using json = nlohmann::ordered_json;  // so that the first of a list of objects is the first one written

  explicit JsonSettings(std::string who) : who_(std::move(who)) {}

  const std::string& who() const { return who_; }

  void need(bool ok, const auto&... parts) const {
    check(ok, Fault::model, who_, ": ", parts..., "; correct it or remove the file");
  }

  json parse(std::string_view text) const;

  /// A member that is there and not null.
  static const json* find(const json& object, const char* key);

  /// Every key of an object is one of these, or begins with an underscore: else it is refused by name, with
  /// the nearest of them. place: "\"input\"", or empty for the whole.
  void need_known(const json& object, std::string_view place, const std::vector<std::string>& known) const;

  /// The beginning of a value as it was written.
  static std::string shown(const json& value);

  std::string string(const json& value, const char* key) const;
  int extent(const json& value, const char* key, int least) const;  // to kMaxSide

  /// One number per channel, divided; a single number goes for all of them.
  std::vector<double> numbers(const json& value, const char* key, std::size_t channels, double divisor) const;

 private:
  std::string who_;
};

}  // namespace zsq
