// zsq card: a quantization card as a person reads it, and what two of them differ in.
#include <nlohmann/json.hpp>

#include "apps/command.h"
#include "apps/console.h"
#include "graph/check.h"
#include "graph/file.h"
#include "report/card_diff.h"

namespace zsq::apps {
namespace {

int run(const Arguments& arguments) {
  const auto& words = arguments.positional();
  const bool is_diff = !words.empty() && words[0] == "diff";
  check(is_diff ? words.size() == 3 : words.size() == 1, Fault::usage,
        "zsq card takes one card, or diff and two: zsq card X.card.json, zsq card diff A.json B.json; ",
        words.size(), " words were given");
  Status status(/*quiet=*/true);
  const auto open = [](const std::string& path) { return report::decode_card(read_file(path), path); };
  const bool as_json = arguments.flag("json");
  if (!is_diff) {
    const report::Card card = open(words[0]);
    status.result(as_json ? text_of(card.facts) : to_text(card));
    return 0;
  }
  const auto found = report::differences(open(words[1]), open(words[2]));
  status.result(as_json ? text_of(to_json(found)) : to_text(found, words[1], words[2]));
  return 0;
}

}  // namespace

Command card_command() {
  return {{"card",
           "CARD | diff CARD CARD",
           "a quantization card, or what two differ in and which of it confounds",
           "zsq card diff a.card.json b.card.json",
           {{"json", "", "", "one JSON object on stdout, nothing else there"}}},
          run};
}

}  // namespace zsq::apps
