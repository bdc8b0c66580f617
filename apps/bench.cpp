// zsq bench: how long a plan takes here, and which of its steps.
#include "apps/bench.h"

#include <algorithm>
#include <iostream>
#include <numeric>

#include <nlohmann/json.hpp>

#include "apps/command.h"
#include "apps/console.h"
#include "apps/device_options.h"
#include "apps/evaluation.h"
#include "apps/interrupt.h"
#include "apps/option_tables.h"
#include "apps/plan_source.h"
#include "apps/torch_library.h"
#include "graph/check.h"
#include "graph/text_table.h"
#include "runtime/step.h"
#include "runtime/timing.h"

namespace zsq::apps {
namespace {

using nlohmann::json;

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return (values[values.size() / 2] + values[(values.size() - 1) / 2]) / 2;
}

/// Where the steps run: what computes each, and products a second that all threads can sum at the most.
struct Place {
  std::vector<std::string> computed_by;  // empty where nothing is known
  double peak = 0;
};

Place place_of(const runtime::PlanFile& file, runtime::Device device, const runtime::SessionOptions& options,
               const std::string& path) {
  if (device != runtime::Device::cpu) return {std::vector<std::string>(file.plan.steps.size()), 0};
  return {runtime::computed_by(file.plan, options), runtime::product_peak(path) * options.threads};
}

json layers(const runtime::PlanFile& file, const runtime::Timing& timing, std::int64_t images,
            const Place& place) {
  const double all = std::accumulate(timing.steps.begin(), timing.steps.end(), 0.0);
  json list = json::array();
  for (std::size_t i = 0; i < timing.steps.size(); ++i) {
    const double seconds = timing.steps[i];
    const auto products = static_cast<double>(images * multiplications(file.plan, file.plan.steps[i]));
    list.push_back(
        {{"name", file.metadata.steps[i]},
         {"step", runtime::kind(file.plan.steps[i])},
         {"ms", seconds * 1e3},
         {"share", all > 0 ? 100 * seconds / all : 0},
         {"implementation", place.computed_by[i]},
         {"gmac_per_second", seconds > 0 ? products / seconds * 1e-9 : 0},
         {"tops", seconds > 0 ? 2 * products / seconds * 1e-12 : 0},
         {"share_of_peak", seconds > 0 && place.peak > 0 ? 100 * products / seconds / place.peak : 0}});
  }
  return list;
}

void print(const json& facts) {
  std::vector<std::vector<std::string>> rows{{"step", "", "ms", "share %", "TOPS", "% of peak", "by"}};
  const auto where_any = [](const json& value, int digits) { return value > 0 ? fixed(value, digits) : ""; };
  for (const json& l : facts["layers"])
    rows.push_back({l["name"], l["step"], fixed(l["ms"], 4), fixed(l["share"], 1), where_any(l["tops"], 3),
                    where_any(l["share_of_peak"], 1), l["implementation"]});
  std::cout << text_table(rows)
            << "(each step the least of its rounds, which are rounds of their own: nothing is computed "
               "together)\n\n"
            << named_values(
                   {{"batch", facts["batch"].dump() + " images"},
                    {"threads", facts["threads"].dump()},
                    {"device", facts["device"].get<std::string>() + ", " + facts["path"].get<std::string>()},
                    {"median", fixed(facts["median_ms"], 3) + " ms"},
                    {"least", fixed(facts["min_ms"], 3) + " ms"},
                    {"most", fixed(facts["max_ms"], 3) + " ms"},
                    {"peak", facts["peak_tops"] > 0
                                 ? fixed(facts["peak_tops"], 3) + " TOPS measured, of bytes from registers"
                                 : "unknown"},
                    {"throughput", fixed(facts["images_per_second"], 0) + " images/s"},
                    {"load", fixed(facts["load_ms"], 1) + " ms to read, prove and pack"},
                    {"memory", fixed(facts["peak_rss_mb"], 1) + " MB at the peak"}});
}

int run(const Arguments& arguments) {
  if (arguments.has("arch")) return run_in_torch_library("bench", arguments);
  const std::string path = arguments.only("PLAN");
  return bench([&] { return open_plan(path); }, arguments);
}

}  // namespace

int bench(const std::function<runtime::PlanFile()>& make_plan, const Arguments& arguments) {
  const auto rounds = static_cast<int>(arguments.integer("rounds", 1, 1'000'000));
  const std::int64_t images = batch_from(arguments);
  const runtime::Device device = device_from(arguments);
  const runtime::SessionOptions options = session_from(arguments);
  Status status(arguments.flag("quiet"));
  const Stopwatch watch;
  const runtime::PlanFile file = make_plan();
  const auto session = runtime::make_session(file.plan, device, options);
  const double load = watch.seconds();
  const runtime::Timing timing = runtime::time_plan(file.plan, *session, images, rounds, [&](int round) {
    stop_if_interrupted();
    status.progress("round " + std::to_string(round + 1) + " of " + std::to_string(rounds),
                    static_cast<double>(round) / rounds);
  });
  const double middle = median(timing.batches);
  const std::string chosen = options.path.empty() ? runtime::cpu_paths().front() : options.path;
  const Place place = place_of(file, device, options, chosen);
  const json facts{{"batch", images},
                   {"threads", options.threads},
                   {"device", runtime::name(device)},
                   {"path", device == runtime::Device::cpu ? chosen : std::string(runtime::name(device))},
                   {"rounds", rounds},
                   {"median_ms", middle * 1e3},
                   {"min_ms", std::ranges::min(timing.batches) * 1e3},
                   {"max_ms", std::ranges::max(timing.batches) * 1e3},
                   {"images_per_second", static_cast<double>(images) / middle},
                   {"load_ms", load * 1e3},
                   {"peak_rss_mb", peak_rss_mb()},
                   {"peak_tops", 2e-12 * place.peak},
                   {"layers", layers(file, timing, images, place)}};
  status.clear();
  if (arguments.flag("json")) {
    std::cout << text_of(facts);
  } else {
    print(facts);
  }
  return 0;
}

Command bench_command() {
  const std::vector<OptionSpec> network{
      {"arch", "NAME", "",
       "a built-in architecture, such as resnet50, instead of a plan; ranges by its batch norms"},
      {"weights", "random", "random", "what its parameters are"},
      {"seed", "N", "0", "of its parameters"},
      {"input", "CxHxW", "", "what it takes, where that is not the usual"},
      {"o,output", "FILE", "", "write its plan there"},
      {"force", "", "", "replace what is there"}};
  return {{"bench", "[PLAN]", "how long a plan takes here, and which of its steps", "zsq bench resnet20.zsq",
           joined({{{"rounds", "N", "50", "how often it is run"},
                    {"batch", "N", "1", "images run at once"},
                    {"threads", "N", "1", "0: one for each core"},
                    {"device", "cpu|cuda|reference", "cpu",
                     "what runs the integer program, cuda:1 the second GPU"},
                    cpu_path_option(),
                    {"json", "", "", "one JSON object on stdout, nothing else there"},
                    {"quiet", "", "", "no progress on stderr"}},
                   network,
                   width_options()})},
          run};
}

}  // namespace zsq::apps
