// zsq compare-cards: ranks cards that may be ranked, and says why the others may not.
#include <nlohmann/json.hpp>

#include "apps/command.h"
#include "apps/console.h"
#include "graph/check.h"
#include "graph/file.h"
#include "report/card_ranking.h"

namespace zsq::apps {
namespace {

int run(const Arguments& arguments) {
  const auto& words = arguments.positional();
  check(words.size() >= 2, Fault::usage, "zsq compare-cards takes two cards or more, ", words.size(),
        words.size() == 1 ? " was given" : " were given");
  std::vector<report::NamedCard> cards;
  for (const std::string& path : words) cards.push_back({path, report::decode_card(read_file(path), path)});
  const auto groups = report::ranked(cards);
  Status status(/*quiet=*/true);
  status.result(arguments.flag("json") ? text_of(to_json(groups)) : to_text(groups));
  check(groups.size() == 1 || !arguments.flag("strict"), Fault::target, "the cards are of ", groups.size(),
        " kinds that must not be ranked together; zsq card diff shows what sets two apart");
  return 0;
}

}  // namespace

Command compare_cards_command() {
  return {{"compare-cards",
           "CARD CARD...",
           "ranks cards of zsq eval where nothing that confounds differs",
           "zsq compare-cards a.json b.json c.json",
           {{"strict", "", "", "exit code 6 where some may not be ranked together"},
            {"json", "", "", "one JSON object on stdout, nothing else there"}}},
          run};
}

}  // namespace zsq::apps
