// zsq reproduce: a plan made again from its card alone.
#include <nlohmann/json.hpp>

#include "apps/command.h"
#include "apps/command_specs.h"
#include "apps/config.h"
#include "apps/plan_card.h"
#include "apps/plan_making.h"
#include "apps/torch_commands.h"
#include "apps/version.h"
#include "graph/check.h"
#include "graph/file.h"
#include "graph/fingerprint.h"
#include "graph/sha256.h"

namespace zsq::apps {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// The command line of the zsq quantize that the card tells of, with what --model, --images and --threads
/// say.
Arguments arguments_of(const json& remake, const std::string& card, const Arguments& given) {
  check(remake.is_object() && remake.value("command", json()) == "quantize" && remake.contains("options") &&
            remake.value("model", json()).is_string(),
        Fault::data, card, ": does not say how its plan was made; zsq quantize writes cards that do");
  std::vector<std::string> words{given.has("model") ? given.text("model")
                                                    : remake["model"].get<std::string>()};
  const CommandSpec spec = quantize_spec();
  for (const std::string& word : words_of_options(remake["options"], spec, card)) words.push_back(word);
  for (const char* name : {"images", "threads"})
    if (given.has(name)) words.push_back("--" + std::string(name) + "=" + given.text(name));
  return parse(spec, words);
}

}  // namespace

int run_reproduce(const Arguments& arguments) {
  const std::string path = arguments.only("CARD");
  const fs::path output = arguments.text("output");
  if (!output.empty()) check_output(output, arguments);
  const report::Card card = report::decode_card(read_file(path), path);
  const Arguments words = arguments_of(card.facts.value("remake", json()), path, arguments);
  const fs::path model = words.only("MODEL");
  check(fs::exists(model), Fault::data, path, ": its model ", model.string(),
        " is not there; --model FILE says where it is now");
  Status status(arguments.flag("quiet"));
  const ModelSource source = open_model(model, words);
  check(card.value("network.weights_sha256") == weights_sha256(source.model.graph), Fault::data,
        model.string(), ": is not the network of ", path, ", its weights are others");
  const MadePlan made = make_plan(source, words, status);
  if (!output.empty()) runtime::save_plan(made.result.file, output);
  const std::string hash = sha256(runtime::encode_plan(made.result.file));
  const bool same = card.value("plan.sha256") == hash;
  status.result(arguments.flag("json")
                    ? text_of({{"same", same}, {"sha256", hash}, {"wanted", card.value("plan.sha256")}})
                    : (same ? "the same plan, byte for byte: " : "another plan: ") + hash + "\n");
  check(same, Fault::verification, path, ": its plan came out otherwise; it was made by zsq ",
        report::shown(card.value("run.zsq")), " on ", report::shown(card.value("machine.processor")),
        ", this is zsq ", kVersion, " on ", report::shown(machine_facts()["processor"]));
  return 0;
}

}  // namespace zsq::apps
