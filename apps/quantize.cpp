// zsq quantize: from a float network to a verified integer program.
#include "quantize/quantize.h"

#include <filesystem>
#include <iostream>

#include <nlohmann/json.hpp>

#include "apps/calibration.h"
#include "apps/command.h"
#include "apps/dry_run.h"
#include "apps/evaluation.h"
#include "apps/plan_card.h"
#include "apps/plan_making.h"
#include "apps/scheme_options.h"
#include "apps/torch_commands.h"
#include "graph/check.h"
#include "graph/text.h"

namespace zsq::apps {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

void print(const MadePlan& made, const Arguments& arguments) {
  const json& facts = made.facts;
  const quantize::Result& result = made.result;
  const fs::path model = arguments.only("MODEL"), output = arguments.text("output");
  std::cout << to_text(result);
  if (!result.recipe.scheme.bits.empty()) std::cout << to_text(result.recipe.precision) << '\n';
  const double saved = facts["float_bytes"].get<double>() / facts["file_bytes"].get<double>();
  std::cout << to_text(result.recipe)
            << named_values(
                   {{"labels", vocabulary_line(made.card)},
                    {"verified", std::to_string(facts["verified_tensors"].get<std::int64_t>()) +
                                     " tensors, cpu = reference, no accumulator can overflow"},
                    {"size", byte_count(facts["file_bytes"].get<std::uintmax_t>()) + ", float parameters " +
                                 byte_count(facts["float_bytes"].get<std::uintmax_t>()) + " (" +
                                 fixed(saved, 1) + "x)"},
                    {"time", fixed(facts["seconds"], 1) + " s, of which synthesis " +
                                 fixed(facts["synthesis_seconds"], 1) + " s; peak memory " +
                                 fixed(facts["peak_rss_mb"], 0) + " MB"}})
            << "written to " << output.string() << ", its card to " << card_path(output).string()
            << "\nnext: zsq eval " << shell_word(output.string()) << " --float " << shell_word(model.string())
            << " --data IMAGES/\n";
}

}  // namespace

int run_quantize(const Arguments& arguments) {
  const Stopwatch watch;
  const fs::path path = arguments.only("MODEL"), output = arguments.text("output");
  check_output(output, arguments);
  check_output(card_path(output), arguments);
  check_output(markdown_path(card_path(output)), arguments);
  std::error_code ignored;
  check(!fs::equivalent(path, output, ignored), Fault::usage, output.string(),
        ": is the model itself, which would be lost; name another file as -o");
  const quantize::Scheme scheme = scheme_from(arguments);
  Status status(arguments.flag("quiet"));
  const ModelSource source = open_model(path, arguments);
  for (const std::string& warning : source.model.warnings) status.warn(warning);
  if (!source.known)
    status.warn(
        "nothing says how pixels become the input; mean 0 and deviation 1 are assumed, --mean and --std or a "
        "side-car say otherwise");
  quantize::check_quantizable(source.model.graph, scheme);
  const synth::Options options = synthesis_from(arguments, source.model.graph.input_shape());
  if (arguments.flag("dry-run")) {
    show_cost(source, options, arguments, status);
    return 0;
  }
  MadePlan made = make_plan(source, arguments, status);
  runtime::save_plan(made.result.file, output);
  json& facts = made.facts;
  facts.update({{"file_bytes", fs::file_size(output)},
                {"file", output.string()},
                {"card", card_path(output).string()},
                {"seconds", watch.seconds()}});
  add(made.card, "cost", {{"file_bytes", facts["file_bytes"]}, {"seconds", facts["seconds"]}});
  add(made.card, "plan", {{"file", as_utf8(output.filename().string())}});
  write_card(made.card, card_path(output));
  status.clear();
  if (arguments.flag("json")) {
    std::cout << text_of(facts);
  } else {
    print(made, arguments);
  }
  return 0;
}

}  // namespace zsq::apps
