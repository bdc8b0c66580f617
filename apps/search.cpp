// zsq search: which layer gets how many bits.
#include "search/search.h"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include <nlohmann/json.hpp>

#include "apps/calibration.h"
#include "apps/command.h"
#include "apps/console.h"
#include "apps/device_options.h"
#include "apps/interrupt.h"
#include "apps/search_goals.h"
#include "apps/torch_commands.h"
#include "graph/check.h"
#include "graph/file.h"
#include "quantize/bits_file.h"
#include "quantize/judge.h"
#include "quantize/lower.h"
#include "quantize/prepare.h"
#include "quantize/quantize.h"
#include "runtime/memory.h"
#include "search/check.h"
#include "search/hessian.h"
#include "search/latency.h"
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

search::Measure measure_from(const Arguments& arguments) {
  const std::string text = arguments.text("sensitivity");
  for (const auto m : {search::Measure::noise, search::Measure::divergence, search::Measure::hessian})
    if (text == search::name(m)) return m;
  fail(Fault::usage, "--sensitivity is '", text, "', it must be noise, divergence or hessian");
}

fs::path latency_cache() {
  const char* const given = std::getenv("XDG_CACHE_HOME");
  const char* const home = std::getenv("HOME");
  if (given != nullptr && *given != '\0') return fs::path(given) / "zsq" / "latency";
  return home == nullptr ? fs::path() : fs::path(home) / ".cache" / "zsq" / "latency";
}

/// What a search goes by.
struct Job {
  Graph prepared;
  Preprocessing pixels;
  int threads = 1;
  std::string path;  // of the cpu
  std::function<void(const std::string&)> told;
};

/// A network with its images, weights at all widths, and what each loses and costs.
struct Ready {
  search::LossMeter meter, held_back;  // all images; those that nothing was fitted on, where there are some
  search::Candidates candidates;
  search::Measured measured;
  std::map<search::Measure, search::Sensitivity> by_measure;
  std::optional<search::Probing> probing;
  double seconds = 0;
};

runtime::PlanFile plan_of(const Ready& ready, const Job& job, const Widths& widths) {
  return quantize::lower(assembled(ready.candidates, ready.measured.space, widths), job.pixels);
}

search::LatencyOptions latency_options(const Job& job) {
  return {.path = job.path, .cache = latency_cache()};  // of one thread
}

/// Before minutes are spent on sensitivities: with none, a choice within the goals is as good as any.
void check_reachable(search::Measured measured, const AskedGoals& asked) {
  for (const search::Layer& layer : measured.space.layers)
    measured.sensitivity.weights.emplace_back(layer.widths.size(), 0.0);
  for (const search::Group& group : measured.space.groups)
    measured.sensitivity.activations.emplace_back(group.widths.size(), 0.0);
  search::best_widths(measured, asked.goals(measured));
}

Ready ready_for(const Job& job, const search::Space& space, const torch::Tensor& images,
                const Arguments& arguments, const AskedGoals& asked) {
  const auto begun = std::chrono::steady_clock::now();
  const quantize::Split parts = quantize::split(images);
  const search::LossMeter meter(job.prepared, job.pixels, images, job.threads);
  const search::LossMeter held_back(job.prepared, job.pixels, parts.judge.defined() ? parts.judge : images,
                                    job.threads);
  Ready ready{meter,
              held_back,
              search::candidates(job.prepared, space, job.pixels, parts.fit, {}, job.told),
              {space, {}, {}},
              {},
              {},
              0};
  const runtime::PlanFile widest = plan_of(ready, job, search::widest(space));
  ready.measured.costs.plan_bytes = std::ssize(runtime::encode_plan(widest));
  ready.measured.costs.arena_bytes = plan_memory(widest.plan, runtime::plain_demand(widest.plan)).bytes;
  if (asked.wants(Cost::latency) || arguments.flag("latency"))
    ready.measured.costs.latency =
        search::measure_latency(ready.candidates, space, job.pixels, latency_options(job), job.told);
  check_reachable(ready.measured, asked);
  const search::Measure measure = measure_from(arguments);
  const bool checks = arguments.has("check");
  if (checks || measure != search::Measure::hessian) {
    auto direct = search::direct_sensitivity(ready.candidates, space, meter, job.told);
    ready.by_measure[search::Measure::divergence] = std::move(direct.divergence);
    ready.by_measure[search::Measure::noise] = std::move(direct.noise);
  }
  if (checks || measure == search::Measure::hessian) {
    auto hessian = search::hessian_sensitivity(ready.candidates, space, meter, {}, job.told);
    ready.by_measure[search::Measure::hessian] = std::move(hessian.sensitivity);
    ready.probing = hessian.probing;
  }
  ready.measured.sensitivity = ready.by_measure.at(measure);
  ready.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  return ready;
}

/// What a choice of widths costs and loses.
struct Row {
  std::string name;
  Widths widths;
  search::Loss loss;
  double latency = 0;  // measured, seconds; 0: not
};

bool is_known(const search::Measured& measured, Cost cost) {
  return cost != Cost::latency || !measured.costs.latency.of_layers.empty();
}

json facts_of(const search::Measured& measured, const Row& row) {
  json facts{{"name", row.name}};
  for (const Cost cost : search::kCosts)
    if (is_known(measured, cost)) facts[std::string(key(cost))] = cost_at(measured, cost, row.widths);
  if (row.latency > 0) facts["measured_latency"] = row.latency;
  facts["predicted"] = search::predicted(measured.space, measured.sensitivity, row.widths);
  facts["divergence"] = row.loss.divergence;
  facts["noise"] = row.loss.noise;
  facts["drop"] = 100 * row.loss.drop;
  return facts;
}

std::string table_of(const search::Measured& measured, const std::vector<Row>& rows) {
  std::vector<std::vector<std::string>> table{{""}};
  for (const Cost cost : search::kCosts)
    if (is_known(measured, cost)) table[0].emplace_back(name(cost));
  if (is_known(measured, Cost::latency)) table[0].emplace_back("measured");
  table[0].insert(table[0].end(), {"divergence", "other class %"});
  for (const Row& row : rows) {
    std::vector<std::string> line{row.name};
    for (const Cost cost : search::kCosts)
      if (is_known(measured, cost)) line.push_back(cost_text(cost, cost_at(measured, cost, row.widths)));
    if (is_known(measured, Cost::latency)) line.push_back(cost_text(Cost::latency, row.latency));
    line.push_back(fixed(row.loss.divergence, 5));
    line.push_back(fixed(100 * row.loss.drop, 2));
    table.push_back(std::move(line));
  }
  return text_table(table);
}

std::string layers_of(const search::Space& space, const Widths& widths) {
  std::vector<std::vector<std::string>> layers{{"layer", "weights", "bits", "bits it reads"}};
  for (std::size_t l = 0; l < space.layers.size(); ++l)
    layers.push_back({space.layers[l].name, std::to_string(space.layers[l].weights),
                      std::to_string(widths.weights[l]),
                      std::to_string(widths.activations[space.layers[l].reads])});
  return text_table(layers);
}

/// Measures them, in the order of their names.
void measure_rows(std::vector<Row>& rows, const Ready& ready, const Job& job) {
  for (Row& row : rows) {
    job.told("measuring " + row.name);
    row.loss = ready.meter.of(assembled(ready.candidates, ready.measured.space, row.widths));
    if (is_known(ready.measured, Cost::latency))
      row.latency = search::measured_latency(plan_of(ready, job, row.widths), latency_options(job));
  }
}

/// The file of `found`; there is always the best so far.
void write_widths(const fs::path& output, const search::Space& space, const Widths& found,
                  const json& facts) {
  json file{{"zsq_search", 1}, {"found", facts}};
  file["layers"] = quantize::layers_json(rules_of(space, found));
  write_file_atomically(output, file.dump(1) + "\n");
}

/// Throws Error (Fault::target) where the most bits drop more.
Widths within_drop(const Ready& ready, const std::vector<search::Goal>& goals, double most,
                   const fs::path& output, const Job& job) {
  check(ready.meter.is_classifier(), Fault::unsupported,
        "--max-drop is of classes, and the network is no classifier; ask for --max-size or --average-bits");
  const search::Space& space = ready.measured.space;
  double least = 100;
  const auto found = search::narrowest(ready.measured, goals, [&](const Widths& widths) {
    job.told("bisection at " +
             cost_text(Cost::average_bits, cost_at(ready.measured, Cost::average_bits, widths)) + " bits");
    const double drop = 100 * ready.held_back.of(assembled(ready.candidates, space, widths)).drop;
    least = std::min(least, drop);
    if (drop <= most) write_widths(output, space, widths, {{"drop", drop}});
    return drop <= most;
  });
  check(found.has_value(), Fault::target,
        "no choice of widths has another class than the float network on at most ", most,
        " % of the images; the least that was reached is ", least, " %, so ask for that, or allow more bits");
  return *found;
}

json check_facts(const Ready& ready, const search::Check& check) {
  json facts{{"assignments", check.widths.size()}};
  for (const auto& [measure, sensitivity] : ready.by_measure)
    facts[std::string(name(measure))] = order_kept(ready.measured.space, sensitivity, check);
  return facts;
}

}  // namespace

int run_search(const Arguments& arguments) {
  const fs::path path = arguments.only("MODEL"), output = arguments.text("output");
  check_output(output, arguments);
  const AskedGoals asked = goals_from(arguments);
  measure_from(arguments);
  const search::WidthsAllowed allowed{.weights = widths_from(arguments, "weights"),
                                      .activations = widths_from(arguments, "activations"),
                                      .ends_free = arguments.flag("free-ends")};
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
  const search::Measured& measured = ready.measured;
  const auto goals = asked.goals(measured);

  job.told("integer program");
  const auto begun = std::chrono::steady_clock::now();
  std::vector<Row> rows;
  if (arguments.has("max-drop"))
    rows.push_back(
        {"found", within_drop(ready, goals, arguments.number("max-drop", 0, 100), output, job), {}});
  else
    rows.push_back({"found", search::best_widths(measured, goals), {}});
  const double program_seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  write_widths(output, space, rows.front().widths, {});
  if (arguments.has("pareto")) {
    const auto points = static_cast<int>(arguments.integer("pareto", 2, 1000));
    int number = 0;
    for (const Widths& w :
         pareto(measured, asked.wants(Cost::latency) ? Cost::latency : Cost::size, points, goals))
      rows.push_back({"point " + std::to_string(++number), w, {}});
  }
  for (const int bits : allowed.weights)
    rows.push_back({"all " + std::to_string(bits), search::at_most(space, bits, 8), {}});
  measure_rows(rows, ready, job);

  json facts{{"model", path.filename().string()},           {"images", images.source},
             {"image_count", ready.meter.images().size(0)}, {"sensitivity", arguments.text("sensitivity")},
             {"sensitivity_seconds", ready.seconds},        {"program_seconds", program_seconds}};
  if (ready.probing)
    facts["hessian"] = {{"probes", ready.probing->probes}, {"largest_error", ready.probing->largest_error}};
  if (arguments.has("check"))
    facts["check"] =
        check_facts(ready, search::check_together(ready.candidates, space, ready.meter,
                                                  static_cast<int>(arguments.integer("check", 3, 10000)),
                                                  options.seed, job.told));
  for (const Row& row : rows) facts["rows"].push_back(facts_of(measured, row));
  write_widths(output, space, rows.front().widths, facts);
  status.clear();
  if (arguments.flag("json")) {
    std::cout << text_of(facts);
    return 0;
  }
  std::cout << layers_of(space, rows.front().widths) << '\n'
            << table_of(measured, rows) << "(on " << ready.meter.images().size(0)
            << " images, against the float network, before rounding is learned)\n"
            << named_values({{"time", fixed(ready.seconds, 1) + " s for sensitivities, " +
                                          fixed(program_seconds, 3) + " s for the program"}});
  if (facts.contains("check"))
    std::cout << "rank correlation with what is lost together: " << facts["check"].dump() << '\n';
  std::cout << "written to " << output.string() << "\nnext: zsq quantize " << shell_word(path.string())
            << " --bits " << shell_word(output.string()) << " -o "
            << shell_word(output.stem().string() + ".zsq") << '\n';
  return 0;
}

}  // namespace zsq::apps
