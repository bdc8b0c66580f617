#include "report/card_ranking.h"

#include <algorithm>

#include "graph/check.h"
#include "graph/text_table.h"

namespace zsq::report {
namespace {

using Cards = std::vector<NamedCard>;

double top1(const NamedCard& c) { return c.card.value("evaluation.top1").get<double>(); }

/// Of the same set, which is of one group; none where a card does not say which images were right.
std::optional<evaluate::PairedTest> paired(const Card& a, const Card& b) {
  const auto right_a = a.value("evaluation.right"), right_b = b.value("evaluation.right");
  if (!right_a.is_string() || !right_b.is_string() || a.value("evaluation.sha256").is_null()) return {};
  const auto &x = right_a.get_ref<const std::string&>(), &y = right_b.get_ref<const std::string&>();
  if (x.size() != y.size()) return {};
  return evaluate::paired_test(x, y);
}

CardGroup group_of(std::vector<const NamedCard*> members, const Card& first) {
  std::ranges::stable_sort(members, [](const auto* a, const auto* b) { return top1(*a) > top1(*b); });
  CardGroup group{.cards = {}, .apart = confounders(first, members.front()->card)};
  for (std::size_t i = 0; i < members.size(); ++i) {
    const NamedCard& c = *members[i];
    const auto width = c.card.value("evaluation.confidence95");
    group.cards.push_back({c.name, top1(c), width.is_number() ? width.get<double>() : 0});
    if (i > 0) group.cards.back().beside = paired(members[i - 1]->card, c.card);
  }
  return group;
}

std::string said(const std::optional<evaluate::PairedTest>& test) {
  if (!test) return "not known: a card does not say which images were right";
  return (test->p < 0.05 ? "worse than the one above, p " : "not told apart from the one above, p ") +
         fixed(test->p, 3) + " (" + std::to_string(test->lost) + " lost, " + std::to_string(test->gained) +
         " gained)";
}

/// The first few of them.
std::string listed(const std::vector<CardDifference>& all) {
  constexpr std::size_t kFew = 6;
  std::string text;
  for (std::size_t i = 0; i < std::min(kFew, all.size()); ++i)
    text += (i == 0 ? "" : ", ") + std::string(all[i].field.key);
  return all.size() <= kFew ? text : text + " and " + std::to_string(all.size() - kFew) + " more";
}

}  // namespace

std::vector<CardGroup> ranked(const Cards& cards) {
  for (const NamedCard& c : cards)
    check(c.card.value("evaluation.top1").is_number(), Fault::data, c.name,
          ": says no accuracy; make a card that does with: zsq eval PLAN --data SET --card FILE");
  std::vector<std::vector<const NamedCard*>> groups;
  for (const NamedCard& c : cards) {
    const auto same = std::ranges::find_if(
        groups, [&](const auto& group) { return confounders(group.front()->card, c.card).empty(); });
    if (same == groups.end()) {
      groups.push_back({&c});
    } else {
      same->push_back(&c);
    }
  }
  std::vector<CardGroup> all;
  for (auto& group : groups) all.push_back(group_of(std::move(group), cards.front().card));
  return all;
}

std::string to_text(const std::vector<CardGroup>& groups) {
  std::string text;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    std::vector<std::vector<std::string>> rows{{"card", "top-1 %", "McNemar's test"}};
    for (const RankedCard& c : groups[g].cards)
      rows.push_back({c.name, fixed(c.top1, 2) + " ± " + fixed(c.confidence95, 2),
                      &c == &groups[g].cards.front() ? "" : said(c.beside)});
    if (g > 0) {
      text += "\nnot to be ranked with those at the top, for " + listed(groups[g].apart) +
              " differ (zsq card diff shows how):\n";
    }
    text += text_table(rows);
  }
  return text;
}

nlohmann::json to_json(const std::vector<CardGroup>& groups) {
  nlohmann::json list = nlohmann::json::array();
  for (const CardGroup& group : groups) {
    nlohmann::json cards = nlohmann::json::array(), apart = nlohmann::json::array();
    for (const RankedCard& c : group.cards) {
      nlohmann::json one{{"card", c.name}, {"top1", c.top1}, {"confidence95", c.confidence95}};
      if (c.beside) one.update({{"p", c.beside->p}, {"lost", c.beside->lost}, {"gained", c.beside->gained}});
      cards.push_back(std::move(one));
    }
    for (const CardDifference& d : group.apart) apart.push_back(d.field.key);
    list.push_back({{"cards", cards}, {"apart", apart}});
  }
  return {{"groups", list}, {"may_be_ranked", groups.size() == 1}};
}

}  // namespace zsq::report
