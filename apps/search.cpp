// zsq search: which layer gets how many bits.
#include "search/search.h"

#include <filesystem>
#include <iostream>

#include <nlohmann/json.hpp>

#include "apps/calibration.h"
#include "apps/command.h"
#include "apps/console.h"
#include "apps/device_options.h"
#include "apps/evaluation.h"
#include "apps/interrupt.h"
#include "apps/search_goals.h"
#include "apps/search_measuring.h"
#include "apps/search_report.h"
#include "apps/torch_commands.h"
#include "graph/check.h"
#include "quantize/prepare.h"
#include "quantize/quantize.h"
#include "search/check.h"
#include "search/pareto.h"

namespace zsq::apps {
namespace {

namespace fs = std::filesystem;
using json = nlohmann::ordered_json;
using search::Cost;
using search::Widths;

std::vector<int> widths_from(const Arguments& arguments, const std::string& option) {
  const std::string text = arguments.text(option);
  std::vector<int> widths;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t comma = std::min(text.find(',', from), text.size());
    widths.push_back(static_cast<int>(to_integer("--" + option, text.substr(from, comma - from), 2, 8)));
    from = comma + 1;
  }
  return widths;
}

search::WidthsAllowed allowed_from(const Arguments& arguments) {
  return {.weights = widths_from(arguments, "weights"),
          .activations = widths_from(arguments, "activations"),
          .ends_free = arguments.flag("free-ends")};
}

Widths found_widths(const Ready& ready, const std::vector<search::Goal>& goals, const Arguments& arguments,
                    const Job& job) {
  if (!arguments.has("max-drop")) return search::best_widths(ready.measured, goals);
  const double most = arguments.number("max-drop", 0, 100);
  const auto keep = [&](const Widths& widths, double drop) {
    write_widths(arguments.text("output"), ready.measured.space, widths, {{"drop", drop}});
  };
  return within_drop(ready, goals, most, keep, job);
}

/// What is shown beside what was found: the points of --pareto, and the same width for all layers.
void add_comparisons(std::vector<Row>& rows, const Ready& ready, const AskedGoals& asked,
                     const std::vector<int>& widths, const Arguments& arguments) {
  const search::Measured& measured = ready.measured;
  if (arguments.has("pareto")) {
    const auto points = static_cast<int>(arguments.integer("pareto", 2, 1000));
    const Cost cost = asked.wants(Cost::latency) ? Cost::latency : Cost::size;
    int number = 0;
    for (const Widths& w : pareto(measured, cost, points, asked.goals(measured)))
      rows.push_back({"point " + std::to_string(++number), w, {}});
  }
  for (const int bits : widths)
    rows.push_back({"all " + std::to_string(bits), search::at_most(measured.space, bits, 8), {}});
}

/// How widths were found, without the rows.
json search_facts(const ModelSource& source, const Calibration& images, const Ready& ready, double seconds,
                  const Arguments& arguments, const Job& job) {
  const fs::path path = arguments.only("MODEL");
  json facts{{"model", path.filename().string()},           {"images", images.source},
             {"image_count", ready.meter.images().size(0)}, {"sensitivity", arguments.text("sensitivity")},
             {"sensitivity_seconds", ready.seconds},        {"program_seconds", seconds}};
  if (ready.probing)
    facts["hessian"] = {{"probes", ready.probing->probes}, {"largest_error", ready.probing->largest_error}};
  if (!arguments.has("check")) return facts;
  const auto count = static_cast<int>(arguments.integer("check", 3, 10000));
  const auto seed = synthesis_from(arguments, source.model.graph.input_shape()).seed;
  facts["check"] = check_facts(ready, search::check_together(ready.candidates, ready.measured.space,
                                                             ready.meter, count, seed, job.told));
  return facts;
}

void print(const std::vector<Row>& rows, const Ready& ready, const json& facts, const Arguments& arguments) {
  const fs::path path = arguments.only("MODEL"), output = arguments.text("output");
  std::cout << layers_of(ready.measured.space, rows.front().widths) << '\n'
            << table_of(ready.measured, rows) << "(on " << ready.meter.images().size(0)
            << " images, against the float network, before rounding is learned)\n"
            << named_values({{"time", fixed(ready.seconds, 1) + " s for sensitivities, " +
                                          fixed(facts["program_seconds"], 3) + " s for the program"}});
  if (facts.contains("check"))
    std::cout << "rank correlation with what is lost together: " << facts["check"].dump() << '\n';
  std::cout << "written to " << output.string() << "\nnext: zsq quantize " << shell_word(path.string())
            << " --bits " << shell_word(output.string()) << " -o "
            << shell_word(output.stem().string() + ".zsq") << '\n';
}

}  // namespace

int run_search(const Arguments& arguments) {
  const fs::path path = arguments.only("MODEL"), output = arguments.text("output");
  check_output(output, arguments);
  const AskedGoals asked = goals_from(arguments);
  measure_from(arguments);
  const search::WidthsAllowed allowed = allowed_from(arguments);
  check(search::has_solver(), Fault::unsupported,
        "this build of zsq has no solver for a search; install coinor-libcbc-dev (scripts/setup does) and "
        "build again, or give widths by hand with zsq quantize --bits");
  Status status(arguments.flag("quiet"));
  const ModelSource source = open_model(path, arguments);
  quantize::check_quantizable(source.model.graph, {});
  const synth::Options options = synthesis_from(arguments, source.model.graph.input_shape());
  const Job job{quantize::prepared(source.model.graph), source.preprocessing, std::max(1, options.threads),
                arguments.text("cpu-path"), [&](const std::string& what) {
                  status.progress("search: " + what);
                  stop_if_interrupted();
                }};
  const search::Space space = search::space_of(job.prepared, allowed);
  const Calibration images = calibration(arguments.text("images"), source, options, status);
  const Ready ready = ready_for(job, space, images.images, arguments, asked);

  job.told("integer program");
  const Stopwatch watch;
  std::vector<Row> rows{{"found", found_widths(ready, asked.goals(ready.measured), arguments, job), {}}};
  const double program_seconds = watch.seconds();
  write_widths(output, space, rows.front().widths, {});
  add_comparisons(rows, ready, asked, allowed.weights, arguments);
  measure_rows(rows, ready, job);
  json facts = search_facts(source, images, ready, program_seconds, arguments, job);
  for (const Row& row : rows) facts["rows"].push_back(facts_of(ready.measured, row));
  write_widths(output, space, rows.front().widths, facts);
  status.clear();
  if (arguments.flag("json")) {
    std::cout << text_of(facts);
  } else {
    print(rows, ready, facts, arguments);
  }
  return 0;
}

}  // namespace zsq::apps
