#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "graph/check.h"

namespace zsq::pt2 {

using nlohmann::json;

/// Reads the JSON of an archive, which is not trusted: what is not as torch.export writes it throws Error
/// (Fault::model) that begins with `who`.
class JsonReader {
 public:
  explicit JsonReader(std::string who) : who_(std::move(who)) {}

  void need(bool ok, const auto&... parts) const {
    check(ok, Fault::model, who_, " is no sound torch.export archive: ", parts...,
          "; the file may be damaged, fetch or save it again");
  }

  /// `what`: the file of the archive.
  json parse(std::string_view text, const std::string& what) const;

  const json& member(const json& object, const char* key) const;
  const json& list(const json& object, const char* key) const;

  std::string text(const json& value) const;
  std::int64_t integer(const json& value) const;

  /// Python has "Infinity" where JSON has no number.
  double number(const json& value) const;

  /// The one key of a union and its value: {"as_int": 3}.
  std::pair<std::string, const json*> alternative(const json& value) const;

 private:
  std::string who_;
};

}  // namespace zsq::pt2
