#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace zsq {

/// What a parser of untrusted JSON asks at each of its events: that nothing is nested deeper than
/// `most_depth`, and that no key comes twice in an object, where two readers could see two different files.
/// `refuse` is given what is wrong and must throw.
class JsonGuard {
 public:
  using Refuse = std::function<void(const std::string& what)>;
  JsonGuard(int most_depth, Refuse refuse) : most_depth_(most_depth), refuse_(std::move(refuse)) {}

  bool operator()(int depth, nlohmann::json::parse_event_t event, const nlohmann::json& parsed) {
    using Event = nlohmann::json::parse_event_t;
    if (depth > most_depth_) refuse_("is nested too deeply");
    if (event == Event::object_start) keys_.emplace_back();
    if (event == Event::object_end) keys_.pop_back();
    if (event == Event::key && !keys_.back().insert(parsed.get<std::string>()).second)
      refuse_("has '" + parsed.get<std::string>() + "' twice");
    return true;
  }

 private:
  int most_depth_;
  Refuse refuse_;
  std::vector<std::set<std::string>> keys_;  // of the objects that are open
};

}  // namespace zsq
