// zsq search: which layer gets how many bits.
#include "search/search.h"

#include <chrono>
#include <filesystem>
#include <iostream>

#include <nlohmann/json.hpp>

#include "apps/calibration.h"
#include "apps/command.h"
#include "apps/console.h"
#include "apps/device_options.h"
#include "apps/interrupt.h"
#include "apps/scheme_options.h"
#include "apps/torch_commands.h"
#include "graph/check.h"
#include "graph/file.h"
#include "quantize/bits_file.h"
#include "quantize/lower.h"
#include "quantize/prepare.h"
#include "quantize/quantize.h"
#include "runtime/plan_file.h"

namespace zsq::apps {
namespace {

namespace fs = std::filesystem;
using json = nlohmann::ordered_json;
using search::Cost;

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

std::vector<search::Goal> goals_from(const Arguments& arguments) {
  std::vector<search::Goal> goals;
  if (arguments.has("average-bits"))
    goals.push_back({Cost::average_bits, arguments.number("average-bits", 2, 8)});
  check(!goals.empty(), Fault::usage,
        "nothing is asked for; --average-bits 4 is what the weights may have on average");
  return goals;
}

/// What a choice of widths costs and loses.
struct Row {
  std::string name;
  search::Widths widths;
  search::Loss loss;
};

json facts_of(const search::Measured& measured, const Row& row) {
  json facts{{"name", row.name}};
  for (const Cost cost : {Cost::average_bits, Cost::size, Cost::bit_operations})
    facts[std::string(search::key(cost))] = search::cost_at(measured, cost, row.widths);
  facts["predicted"] = search::predicted(measured.space, measured.sensitivity, row.widths);
  facts["divergence"] = row.loss.divergence;
  facts["noise"] = row.loss.noise;
  return facts;
}

void print(const search::Measured& measured, const std::vector<Row>& rows) {
  std::vector<std::vector<std::string>> layers{{"layer", "weights", "bits"}};
  for (std::size_t l = 0; l < measured.space.layers.size(); ++l)
    layers.push_back({measured.space.layers[l].name, std::to_string(measured.space.layers[l].weights),
                      std::to_string(rows.front().widths.weights[l])});
  std::vector<std::vector<std::string>> table{{"", "average bits", "file", "bit operations", "divergence"}};
  for (const Row& row : rows) {
    std::vector<std::string> line{row.name};
    for (const Cost cost : {Cost::average_bits, Cost::size, Cost::bit_operations})
      line.push_back(search::cost_text(cost, search::cost_at(measured, cost, row.widths)));
    line.push_back(fixed(row.loss.divergence, 5));
    table.push_back(std::move(line));
  }
  std::cout << text_table(layers) << '\n' << text_table(table);
}

}  // namespace

int run_search(const Arguments& arguments) {
  using Clock = std::chrono::steady_clock;
  const auto seconds_since = [](Clock::time_point then) {
    return std::chrono::duration<double>(Clock::now() - then).count();
  };
  const fs::path path = arguments.only("MODEL"), output = arguments.text("output");
  check_output(output, arguments);
  const auto goals = goals_from(arguments);
  const search::WidthsAllowed allowed{.weights = widths_from(arguments, "weights"),
                                      .activations = widths_from(arguments, "activations"),
                                      .ends_free = arguments.flag("free-ends")};
  check(search::has_solver(), Fault::unsupported,
        "this build of zsq has no solver for a search; install coinor-libcbc-dev (scripts/setup does) and "
        "build again, or give widths by hand with zsq quantize --bits");
  Status status(arguments.flag("quiet"));
  const ModelSource source = open_model(path, arguments);
  quantize::Scheme scheme;
  scheme.seed = static_cast<std::uint64_t>(arguments.integer("seed", 0, INT64_MAX));
  quantize::check_quantizable(source.model.graph, scheme);
  const Graph prepared = quantize::prepared(source.model.graph);
  search::Measured measured{search::space_of(prepared, allowed), {}, 0};
  const synth::Options options = synthesis_from(arguments, source.model.graph.input_shape());
  const Calibration images = calibration(arguments.text("images"), source, options, status);
  const auto told = [&](const std::string& what) {
    status.progress("search: " + what);
    stop_if_interrupted();
  };

  const auto begun = Clock::now();
  const search::LossMeter meter(prepared, source.preprocessing, images.images, options.threads);
  const auto candidates =
      search::candidates(prepared, measured.space, source.preprocessing, meter.images(), scheme, told);
  measured.plan_bytes = std::ssize(runtime::encode_plan(quantize::lower(
      search::assembled(candidates, measured.space, search::widest(measured.space)), source.preprocessing)));
  measured.sensitivity = search::direct_sensitivity(candidates, measured.space, meter, told).divergence;
  const double sensitivity_seconds = seconds_since(begun);
  told("integer program");
  const auto asked = Clock::now();
  const search::Widths found = search::best_widths(measured, goals);
  const double program_seconds = seconds_since(asked);

  std::vector<Row> rows{{"found", found, {}}};
  for (const int bits : allowed.weights)
    rows.push_back({"all " + std::to_string(bits), search::at_most(measured.space, bits, 8), {}});
  for (Row& row : rows) row.loss = meter.of(search::assembled(candidates, measured.space, row.widths));
  json facts{{"model", path.filename().string()},          {"images", images.source},
             {"image_count", meter.images().size(0)},      {"seed", scheme.seed},
             {"sensitivity_seconds", sensitivity_seconds}, {"program_seconds", program_seconds}};
  for (const Row& row : rows) facts["rows"].push_back(facts_of(measured, row));
  json file{{"zsq_search", 1}, {"found", facts}};
  file["layers"] = quantize::layers_json(search::rules_of(measured.space, found));
  write_file_atomically(output, file.dump(1) + "\n");
  status.clear();
  if (arguments.flag("json")) {
    std::cout << text_of(facts);
    return 0;
  }
  print(measured, rows);
  std::cout << "(divergence of the classes from the float network's on " << meter.images().size(0)
            << " images, before rounding is learned)\n"
            << named_values({{"time", fixed(sensitivity_seconds, 1) + " s for sensitivities, " +
                                          fixed(program_seconds, 3) + " s for the program"}})
            << "written to " << output.string() << "\nnext: zsq quantize " << shell_word(path.string())
            << " --bits " << shell_word(output.string()) << " -o "
            << shell_word(output.stem().string() + ".zsq") << '\n';
  return 0;
}

}  // namespace zsq::apps
