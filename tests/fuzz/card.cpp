#include "report/card_ranking.h"
#include "tests/fuzz/fuzz_target.h"

/// A card that is read, and one with these facts: the checksum keeps most inputs from the rest.
int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace zsq::report;
  const std::string_view text = zsq::fuzz::view(bytes, size);
  zsq::fuzz::survive([&] { decode_card(text, "card"); });
  const Card card{nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false)};
  if (!card.facts.is_object()) return 0;
  encode_card(card);
  to_text(card);
  to_markdown(card);
  return zsq::fuzz::survive([&] { to_text(ranked({{"a", card}, {"b", card}})); });
}
