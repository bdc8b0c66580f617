#include "report/card.h"

#include "graph/check.h"
#include "graph/json_guard.h"
#include "graph/sha256.h"
#include "graph/text_table.h"

namespace zsq::report {
namespace {

using nlohmann::json;

std::string text_of(const json& value, int indent) {
  return value.dump(indent, ' ', /*ensure_ascii=*/false, json::error_handler_t::replace);
}

/// Written and read again, facts are the same text, so a checksum of it holds for the file.
std::string checksum(const json& facts) { return sha256(text_of(facts, -1)); }

}  // namespace

json Card::value(std::string_view key) const {
  const auto dot = key.find('.');
  const auto section = facts.find(key.substr(0, dot));
  if (section == facts.end() || !section->is_object()) return {};
  const auto found = section->find(key.substr(dot + 1));
  return found == section->end() ? json() : *found;
}

std::string encode_card(const Card& card) {
  const json whole = json::parse(text_of(card.facts, -1));  // with U+FFFD for what is not UTF-8
  return text_of({{"zsq_card", kCardVersion}, {"sha256", checksum(whole)}, {"facts", whole}}, 1) + "\n";
}

Card decode_card(std::string_view bytes, const std::string& who) {
  constexpr int kDepth = 12;
  JsonGuard guard(kDepth, [&](const std::string& what) { fail(Fault::data, who, ": ", what); });
  const json all = json::parse(bytes, std::ref(guard), /*allow_exceptions=*/false);
  check(all.is_object() && all.contains("zsq_card"), Fault::data, who,
        ": is no quantization card; zsq quantize and zsq eval --card write them");
  const json& version = all["zsq_card"];
  check(version == kCardVersion, Fault::data, who, ": is a card of version ", version.dump(),
        ", this zsq reads version ", kCardVersion, "; make it anew from its plan with zsq eval --card");
  const json facts = all.value("facts", json());
  check(facts.is_object(), Fault::data, who, ": is a card without facts; make it anew");
  check(all.value("sha256", json()) == checksum(facts), Fault::data, who,
        ": is not what was written, its checksum differs; it was changed or damaged, so make it anew");
  return {facts};
}

std::string shown(const json& value) {
  if (value.is_null()) return "not said";
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_float()) {
    const double v = value.get<double>();
    return fixed(v, v != 0 && v < 0.1 && v > -0.1 ? 4 : 2);
  }
  if (!value.is_array()) return text_of(value, -1);
  std::string all;
  for (const json& item : value) all += (all.empty() ? "" : ", ") + shown(item);
  return all.empty() ? "none" : all;
}

}  // namespace zsq::report
