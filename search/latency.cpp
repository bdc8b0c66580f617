#include "search/latency.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include <nlohmann/json.hpp>

#include "graph/check.h"
#include "graph/file.h"
#include "graph/sha256.h"
#include "quantize/lower.h"
#include "runtime/step.h"
#include "runtime/timing.h"

namespace zsq::search {
namespace {

using runtime::StageTime;
using Times = std::vector<StageTime>;

std::string processor() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);)
    if (line.starts_with("model name")) return line.substr(line.find(':') + 1);
  return "unknown";
}

/// What decides a plan's times: the machine, and what computes steps of which shapes.
std::string key_of(const runtime::Plan& plan, const LatencyOptions& options) {
  std::ostringstream text;
  text << "1," << processor() << ',' << options.threads << ',' << options.path;
  const auto by = runtime::computed_by(plan, {.threads = options.threads, .path = options.path});
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    text << '\n' << runtime::kind(plan.steps[i]) << ' ' << by[i];
    for (const runtime::SlotId id : runtime::inputs(plan.steps[i])) text << ' ' << plan[id].shape;
    text << " -> " << plan[runtime::output(plan.steps[i])].shape;
    if (const runtime::Kernel* k = runtime::kernel_of(plan.steps[i]))
      text << ' ' << k->window.kernel.h << 'x' << k->window.kernel.w << '/' << k->window.stride.h << ' '
           << k->groups << ' ' << k->bits;
  }
  return sha256(text.str());
}

std::filesystem::path file_of(const LatencyOptions& options, const std::string& key) {
  return options.cache / (key.substr(0, 32) + ".json");
}

std::optional<Times> cached(const LatencyOptions& options, const std::string& key) {
  if (options.cache.empty()) return std::nullopt;
  std::ifstream in(file_of(options, key));
  const auto json = nlohmann::json::parse(in, nullptr, /*allow_exceptions=*/false);
  if (!json.is_array()) return std::nullopt;
  Times times;
  for (const auto& stage : json) {
    if (!stage.is_array() || stage.size() != 3 || !stage[0].is_number_unsigned() ||
        !stage[1].is_number_unsigned() || !stage[2].is_number())
      return std::nullopt;
    times.push_back({stage[0].get<std::size_t>(), stage[1].get<std::size_t>(), stage[2].get<double>()});
  }
  return times;
}

/// What cannot be kept is measured again next time.
void keep(const LatencyOptions& options, const std::string& key, const Times& times) {
  if (options.cache.empty()) return;
  nlohmann::json json = nlohmann::json::array();
  for (const StageTime& s : times) json.push_back({s.first_step, s.steps, s.seconds});
  std::error_code ignored;
  std::filesystem::create_directories(options.cache, ignored);
  try {
    write_file_atomically(file_of(options, key), json.dump());
  } catch (const Error&) {
  }
}

std::set<int> widths_in(const auto& knobs) {
  std::set<int> all;
  for (const auto& knob : knobs) all.insert(knob.widths.begin(), knob.widths.end());
  return all;
}

/// Seconds by layer, and of what has no weights.
std::pair<std::vector<double>, double> by_layer(const Space& space, const runtime::PlanFile& file,
                                                const Times& times) {
  std::vector<double> layers(space.layers.size(), 0.0);
  double rest = 0;
  for (const StageTime& stage : times) {
    double* to = &rest;
    for (std::size_t i = stage.first_step; i < stage.first_step + stage.steps && i < file.plan.steps.size();
         ++i) {
      if (runtime::kernel_of(file.plan.steps[i]) == nullptr) continue;
      const auto layer = std::ranges::find(space.layers, file.metadata.steps[i], &Layer::name);
      if (layer != space.layers.end()) to = &layers[static_cast<std::size_t>(layer - space.layers.begin())];
    }
    *to += stage.seconds;
  }
  return {layers, rest};
}

}  // namespace

Latency measure_latency(const Candidates& candidates, const Space& space, const Preprocessing& pixels,
                        const LatencyOptions& options, const Progress& told) {
  std::vector<std::pair<int, int>> widths;
  std::vector<runtime::PlanFile> files;
  std::vector<std::string> keys;
  std::vector<std::optional<Times>> times;
  std::vector<const runtime::Plan*> missing;
  for (const int w : widths_in(space.layers))
    for (const int a : widths_in(space.groups)) {
      widths.emplace_back(w, a);
      files.push_back(quantize::lower(assembled(candidates, space, at_most(space, w, a)), pixels));
    }
  for (const runtime::PlanFile& file : files) {
    keys.push_back(key_of(file.plan, options));
    times.push_back(cached(options, keys.back()));
    if (!times.back()) missing.push_back(&file.plan);
  }
  auto measured = runtime::time_stages(missing, {.threads = options.threads, .path = options.path}, 1,
                                       options.rounds, [&](int) { told("timing stages"); });
  auto next = measured.begin();
  Latency latency;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (!times[i]) keep(options, keys[i], *(times[i] = *next++));
    auto [layers, rest] = by_layer(space, files[i], *times[i]);
    latency.of_layers[widths[i]] = std::move(layers);
    latency.rest = rest;  // the last: of the widest
  }
  return latency;
}

double measured_latency(const runtime::PlanFile& file, const LatencyOptions& options) {
  const runtime::Plan* const plan[] = {&file.plan};
  const auto times =
      runtime::time_stages(plan, {.threads = options.threads, .path = options.path}, 1, options.rounds);
  double sum = 0;
  for (const StageTime& stage : times[0]) sum += stage.seconds;
  return sum;
}

}  // namespace zsq::search
