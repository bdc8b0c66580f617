#include "report/card.h"

#include <set>

#include <gtest/gtest.h>

#include "graph/check.h"
#include "report/card_ranking.h"
#include "report/terms.h"

namespace zsq::report {
namespace {

Card card(int bits, const std::string& rounding, double top1, const std::string& right) {
  return {{{"weights", {{"bits", bits}, {"rounding", rounding}}},
           {"evaluation", {{"top1", top1}, {"confidence95", 1.5}, {"sha256", "abc"}, {"right", right}}}}};
}

std::string refusal(const std::string& bytes) {
  try {
    decode_card(bytes, "x.json");
  } catch (const Error& e) {
    EXPECT_EQ(e.fault(), Fault::data);
    return e.what();
  }
  return "";
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  return text.replace(text.find(what), what.size(), by);
}

TEST(Card, IsReadAsItWasWritten) {
  const Card written = card(4, "nearest", 91.25, "1101");
  const std::string bytes = encode_card(written);
  EXPECT_EQ(decode_card(bytes, "x").facts, written.facts);
  EXPECT_EQ(encode_card(decode_card(bytes, "x")), bytes);
  EXPECT_EQ(encode_card(decode_card(encode_card({{{"run", {{"command", "caf\xe9"}}}}}), "x")).size(),
            encode_card({{{"run", {{"command", "caf\xe9"}}}}}).size());
}

TEST(Card, ThatIsNoneOfOursIsRefused) {
  const std::string bytes = encode_card(card(8, "nearest", 91, ""));
  EXPECT_NE(refusal("{}").find("is no quantization card"), std::string::npos);
  EXPECT_NE(refusal(bytes.substr(0, bytes.size() / 2)).find("is no quantization card"), std::string::npos);
  EXPECT_NE(refusal(replaced(bytes, "\"bits\": 8", "\"bits\": 4")).find("checksum differs"),
            std::string::npos);
  EXPECT_NE(refusal(replaced(bytes, "\"zsq_card\": 1", "\"zsq_card\": 0")).find("is a card of version 0"),
            std::string::npos);
  EXPECT_NE(refusal("{\"zsq_card\":1,\"facts\":" + std::string(50, '[') + std::string(50, ']') + "}")
                .find("nested too deeply"),
            std::string::npos);
}

TEST(Card, MarkdownKeepsItsTables) {
  Card with_bar;
  with_bar.facts["run"] = {{"command", "zsq a|b <script>\nx"}};
  const std::string text = to_markdown(with_bar);
  EXPECT_NE(text.find("| command | zsq a\\|b \\<script> x |"), std::string::npos) << text;
}

TEST(Card, FieldsAreNamedOnce) {
  std::set<std::string_view> keys, closed;
  std::string_view last;
  for (const CardField& field : card_fields()) {
    EXPECT_TRUE(keys.insert(field.key).second) << field.key;
    const auto section = field.key.substr(0, field.key.find('.'));
    EXPECT_NE(heading(section), section) << "has no heading";
    EXPECT_TRUE(section == last || closed.insert(section).second) << section << " is in two places";
    last = section;
  }
}

TEST(CardDiff, SaysWhatConfounds) {
  const auto method = differences(card(8, "nearest", 91, ""), card(8, "learned", 91, ""));
  ASSERT_EQ(method.size(), 1U);
  EXPECT_EQ(method[0].field.role, Role::method);
  EXPECT_NE(to_text(method, "a", "b").find("nothing confounds"), std::string::npos);
  EXPECT_EQ(to_json(method)["may_be_ranked"], true);
  const auto widths = differences(card(8, "nearest", 91, ""), card(4, "nearest", 90, ""));
  EXPECT_EQ(widths.size(), 2U);
  EXPECT_EQ(to_json(widths)["may_be_ranked"], false);
  Card silent = card(8, "nearest", 91, "");
  silent.facts.erase("weights");
  EXPECT_EQ(confounders(silent, card(8, "nearest", 91, "")).size(), 1U);
}

TEST(CardRanking, RanksOnlyWhatMayBe) {
  const std::string all(100, '1');
  std::string fewer = all;
  fewer.replace(0, 12, 12, '0');
  const auto groups = ranked({{"a", card(8, "nearest", 88, fewer)},
                              {"b", card(4, "nearest", 99, all)},
                              {"c", card(8, "learned", 100, all)}});
  ASSERT_EQ(groups.size(), 2U);
  ASSERT_EQ(groups[0].cards.size(), 2U);
  EXPECT_EQ(groups[0].cards[0].name, "c");
  ASSERT_TRUE(groups[0].cards[1].beside.has_value());
  EXPECT_EQ(groups[0].cards[1].beside->lost, 12);
  EXPECT_NEAR(groups[0].cards[1].beside->p, 2 * std::pow(0.5, 12), 1e-9);
  ASSERT_EQ(groups[1].apart.size(), 1U);
  EXPECT_EQ(groups[1].apart[0].field.key, "weights.bits");
  Card untried = card(8, "nearest", 91, "");
  untried.facts["evaluation"].erase("top1");
  EXPECT_THROW(ranked({{"a", untried}, {"b", untried}}), Error);
}

TEST(Terms, EachHasItsMeaningAndPlace) {
  for (const Term& term : terms()) {
    EXPECT_FALSE(term.meaning.empty()) << term.word;
    EXPECT_NE(terms_text().find(std::string(term.word) + "\n    "), std::string::npos) << term.word;
  }
  EXPECT_EQ(terms_text().find(std::string(101, ' ')), std::string::npos);
}

}  // namespace
}  // namespace zsq::report
