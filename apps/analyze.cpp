// zsq analyze: what became of a network's tensors, and what to do about it.
#include <iostream>

#include <nlohmann/json.hpp>

#include "analyze/advice.h"
#include "analyze/study.h"
#include "apps/command.h"
#include "apps/command_line.h"
#include "apps/command_specs.h"
#include "apps/evaluation.h"
#include "apps/interrupt.h"
#include "apps/option_tables.h"
#include "apps/plan_making.h"
#include "apps/plan_source.h"
#include "apps/report_output.h"
#include "apps/scheme_options.h"
#include "apps/torch_commands.h"
#include "graph/check.h"
#include "graph/file.h"
#include "graph/fingerprint.h"
#include "report/pages.h"

namespace zsq::apps {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// Throws Error (Fault::data) where the plan says that it was made from other weights.
void check_made_from(const runtime::PlanFile& file, const std::string& plan, const ModelSource& source,
                     const std::string& model) {
  const json recipe = json::parse(file.metadata.recipe, nullptr, /*allow_exceptions=*/false);
  const json::json_pointer place("/model/weights_sha256");
  check(!recipe.is_object() || !recipe.contains(place) || recipe[place] == weights_sha256(source.model.graph),
        Fault::data, model, ": its weights are not those that ", plan, " was made from; give that model");
}

/// The plan that was given, or one that is made for the study as zsq quantize would.
runtime::PlanFile plan_for(const ModelSource& source, const Calibration& images, const Arguments& arguments,
                           Status& status) {
  const auto& words = arguments.positional();
  if (words.size() == 1) return make_plan(source, images, words[0], arguments, status).result.file;
  for (const OptionSpec& option : joined({width_options(), method_options()}))
    check(arguments.text(option.name) == option.default_value, Fault::usage, "--", option.name,
          " decides how a plan is made, and ", words[1], " is made already; leave one of the two out");
  runtime::PlanFile file = open_plan(words[1]);
  check_made_from(file, words[1], source, words[0]);
  return file;
}

std::vector<report::Section> with(std::vector<report::Section> sections, report::Section last) {
  sections.push_back(std::move(last));
  return sections;
}

}  // namespace

int run_analyze(const Arguments& arguments) {
  const auto& words = arguments.positional();
  check(words.size() == 1 || words.size() == 2, Fault::usage,
        "zsq analyze takes a model, and the plan that was made from it if there is one; ", words.size(),
        " words were given");
  const Stopwatch watch;
  check_report_options(arguments);
  if (arguments.has("output")) check_output(arguments.text("output"), arguments);
  Status status(arguments.flag("quiet"));
  const ModelSource source = open_model(words[0], arguments);
  for (const std::string& warning : source.model.warnings) status.warn(warning);
  quantize::check_quantizable(source.model.graph, scheme_from(arguments));
  const synth::Options options = synthesis_from(arguments, source.model.graph.input_shape());
  const Calibration images = calibration(arguments.text("images"), source, options, status);
  const runtime::PlanFile file = plan_for(source, images, arguments, status);
  const auto told = [&](const std::string& what, double share) {
    status.progress("study: " + what, share);
    stop_if_interrupted();
  };
  const Shape& image = source.model.graph.input_shape();
  report::Study study = analyze::study(
      source.model.graph, file, images.images,
      {.batch = image.h * image.w > 64 * 64 ? 4 : 32, .threads = options.threads, .told = told});
  study.plan = words.size() == 2 ? words[1] : "made for this study";
  study.images = std::to_string(study.image_count) + " images, " + images.source;
  study.advice = analyze::advice(study, shell_word(words[0]));
  json facts = to_json(study);
  facts.update({{"seconds", watch.seconds()}, {"peak_rss_mb", peak_rss_mb()}});
  if (arguments.has("output")) write_file_atomically(arguments.text("output"), text_of(facts));
  write_report(
      {"What became of " + study.network, study.plan + ", " + study.images,
       with(study_sections(study), report::commands_section({command_line(analyze_spec(), arguments)}))},
      arguments);
  status.result(arguments.flag("json") ? text_of(facts) : to_text(study));
  return 0;
}

}  // namespace zsq::apps
