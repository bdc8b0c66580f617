// zsq quantize: from a float network to a verified integer program.
#include "quantize/quantize.h"

#include <filesystem>
#include <iostream>

#include <nlohmann/json.hpp>

#include "apps/calibration.h"
#include "apps/command.h"
#include "apps/command_line.h"
#include "apps/command_specs.h"
#include "apps/dry_run.h"
#include "apps/evaluation.h"
#include "apps/plan_card.h"
#include "apps/plan_making.h"
#include "apps/report_output.h"
#include "apps/scheme_options.h"
#include "apps/torch_commands.h"
#include "graph/check.h"
#include "graph/text.h"
#include "report/pages.h"
#include "synth/contact_sheet.h"

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

enum class Keep { none, grid };

Keep keep_from(const Arguments& arguments) {
  const std::string text = arguments.text("keep");
  check(text == "none" || text == "grid", Fault::usage, "--keep is '", text, "', it must be none or grid");
  return text == "none" ? Keep::none : Keep::grid;
}

report::Section summary(const MadePlan& made) {
  const json& facts = made.facts;
  const auto bytes = [&](const char* key) { return byte_count(facts[key].get<std::uintmax_t>()); };
  report::Facts rows{
      {{"labels", vocabulary_line(made.card)},
       {"size", bytes("file_bytes") + ", float parameters " + bytes("float_bytes")},
       {"verified", facts["verified_tensors"].dump() + " tensors equal to the reference"},
       {"calibrated on", facts["image_count"].dump() + " images, " + facts["images"].get<std::string>()},
       {"time", fixed(facts["seconds"], 1) + " s, of which synthesis " +
                    fixed(facts["synthesis_seconds"], 1) + " s"}}};
  for (const std::string& channels : made.result.constant_channels)
    rows.rows.emplace_back("dead channels", channels);
  return {"Summary", {std::move(rows)}};
}

/// Of a network of one or three channels, as a person sees them.
std::optional<report::Section> pictures(const MadePlan& made, const ModelSource& source) {
  constexpr std::int64_t kMost = 16;
  if (made.images.size(1) != 1 && made.images.size(1) != 3) return std::nullopt;
  const std::string png = synth::contact_sheet(made.images.slice(0, 0, kMost), source.preprocessing);
  const auto shown = std::min(kMost, made.images.size(0));
  return report::Section{
      "Images",
      {report::Picture{png, "the first " + std::to_string(shown) + " of the calibration images, in a grid"}}};
}

report::Document document_of(const MadePlan& made, const ModelSource& source, const Arguments& arguments) {
  std::vector<report::StepFacts> steps;
  for (const quantize::StepReport& s : made.result.steps)
    steps.push_back({s.name, s.sqnr_db, s.kept, s.seconds});
  report::Document document{
      "Quantization of " + source.model.name, vocabulary_line(made.card), {summary(made)}};
  document.sections.push_back(report::steps_section(steps));
  if (keep_from(arguments) == Keep::grid)
    if (auto section = pictures(made, source)) document.sections.push_back(std::move(*section));
  document.sections.push_back(report::card_section(made.card));
  document.sections.push_back(report::commands_section(
      {command_line(quantize_spec(), arguments),
       "zsq reproduce " + shell_word(card_path(arguments.text("output")).string())}));
  return document;
}

}  // namespace

int run_quantize(const Arguments& arguments) {
  const Stopwatch watch;
  const fs::path path = arguments.only("MODEL"), output = arguments.text("output");
  check_output(output, arguments);
  check_output(card_path(output), arguments);
  check_output(markdown_path(card_path(output)), arguments);
  check_report_options(arguments);
  keep_from(arguments);
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
  if (wants_report(arguments)) write_report(document_of(made, source, arguments), arguments);
  status.clear();
  if (arguments.flag("json")) {
    std::cout << text_of(facts);
  } else {
    print(made, arguments);
  }
  return 0;
}

}  // namespace zsq::apps
