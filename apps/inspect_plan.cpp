// zsq inspect of a plan: its steps and where it comes from. Of a model it is the LibTorch library's work.
#include <algorithm>
#include <iomanip>
#include <iostream>
#include <sstream>

#include <nlohmann/json.hpp>

#include "apps/command.h"
#include "apps/command_specs.h"
#include "apps/console.h"
#include "apps/option_tables.h"
#include "apps/plan_source.h"
#include "apps/torch_library.h"
#include "graph/check.h"
#include "graph/text_table.h"
#include "runtime/kernel.h"
#include "runtime/step.h"

namespace zsq::apps {
namespace {

using nlohmann::json;

/// What is particular to a step's arithmetic, of those that multiply.
struct Accumulator {
  int weight_bits = 0;
  std::int64_t largest = 0;  // that any input can make, over all channels
};

std::optional<Accumulator> accumulator(const runtime::Plan& plan, const runtime::Step& step) {
  const runtime::Kernel* kernel = runtime::kernel_of(step);
  if (kernel == nullptr) return std::nullopt;
  const auto bounds = runtime::accumulator_bounds(*kernel, plan[runtime::inputs(step).front()]);
  return Accumulator{kernel->bits, bounds.empty() ? 0 : *std::ranges::max_element(bounds)};
}

json facts(const runtime::PlanFile& file) {
  const runtime::Plan& plan = file.plan;
  json steps = json::array(), outputs = json::array();
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const runtime::SlotId out = runtime::output(plan.steps[i]);
    const runtime::Slot& slot = plan[out];
    json step{{"name", file.metadata.steps[i]},
              {"step", runtime::kind(plan.steps[i])},
              {"output", {slot.shape.c, slot.shape.h, slot.shape.w}},
              {"bits", slot.bits},
              {"scale", file.metadata.tensors[index(out)].scale},
              {"zero_point", slot.zero_point}};
    if (const auto acc = accumulator(plan, plan.steps[i])) {
      step["weight_bits"] = acc->weight_bits;
      step["accumulator_bound"] = acc->largest;
    }
    steps.push_back(std::move(step));
  }
  for (const runtime::SlotId id : plan.outputs) outputs.push_back(file.metadata.tensors[index(id)].name);
  const json recipe = json::parse(file.metadata.recipe, nullptr, /*allow_exceptions=*/false);
  return {{"network", file.metadata.network},
          {"image", {plan.image.c, plan.image.h, plan.image.w}},
          {"outputs", outputs},
          {"labels", file.metadata.labels.size()},
          {"recipe", recipe.is_discarded() ? json() : recipe},
          {"steps", steps}};
}

/// Four significant digits: scales of wide values are small.
std::string short_number(double value) {
  std::ostringstream text;
  text << std::setprecision(4) << value;
  return text.str();
}

std::string table(const json& steps) {
  std::vector<std::vector<std::string>> rows{
      {"step", "", "output", "bits", "scale", "zero point", "weight bits", "largest accumulator"}};
  for (const json& s : steps) {
    const json& o = s["output"];
    const auto number = [&](const char* key) { return s.contains(key) ? s[key].dump() : std::string(); };
    rows.push_back({s["name"], s["step"], size_of({1, o[0], o[1], o[2]}), number("bits"),
                    short_number(s["scale"]), number("zero_point"), number("weight_bits"),
                    number("accumulator_bound")});
  }
  return text_table(rows);
}

/// A text or number of the recipe, as it was written; "not known" where it does not say.
std::string said(const json& recipe, const char* pointer) {
  const json::json_pointer place(pointer);
  if (!recipe.is_object() || !recipe.contains(place)) return "not known";
  const json& value = recipe[place];
  if (value.is_array()) {
    std::string all;
    for (const json& item : value)
      all += (all.empty() ? "" : ", ") + (item.is_string() ? item.get<std::string>() : item.dump());
    return all.empty() ? "none" : all;
  }
  return value.is_string() ? (value.get<std::string>().empty() ? "not known" : value.get<std::string>())
                           : value.dump();
}

void print(const json& all, const std::string& path) {
  const json& recipe = all["recipe"];
  const json& image = all["image"];
  std::cout << table(all["steps"]) << '\n'
            << named_values({{"network", all["network"]},
                             {"image", size_of({1, image[0], image[1], image[2]}) + ", uint8"},
                             {"made by", "zsq " + said(recipe, "/zsq")},
                             {"from", said(recipe, "/model/file") + ", weights " +
                                          said(recipe, "/model/weights_sha256")},
                             {"images", said(recipe, "/image_count") + " " + said(recipe, "/images") + ", " +
                                            said(recipe, "/images_sha256")},
                             {"widths", "W" + said(recipe, "/wbits") + "A" + said(recipe, "/abits")},
                             {"steps kept", said(recipe, "/steps_kept")},
                             {"steps undone", said(recipe, "/steps_undone")},
                             {"labels", std::to_string(all["labels"].get<std::size_t>())}})
            << "proven: no accumulator, product or wide value leaves int32\nnext: zsq verify "
            << shell_word(path) << '\n';
}

int run(const Arguments& arguments) {
  const std::string path = arguments.only("MODEL or PLAN");
  if (!is_plan(path)) return run_in_torch_library("inspect", arguments);
  for (const char* option : {"write-stats", "write-graph"})
    check(!arguments.has(option), Fault::usage, "--", option, " is about a float network; ", path,
          " is a plan, so give the model that it was made from");
  for (const OptionSpec& option : model_options())
    check(!arguments.has(option.name), Fault::usage, "--", option.name, " is about a model; ", path,
          " is a plan, which says it itself");
  const json all = facts(open_plan(path));
  if (arguments.flag("json")) {
    std::cout << text_of(all);
  } else {
    print(all, path);
  }
  return 0;
}

}  // namespace

Command inspect_command() { return {inspect_spec(), run}; }

}  // namespace zsq::apps
