#include "apps/plan_card.h"

#include <algorithm>
#include <fstream>
#include <thread>

#include "apps/console.h"
#include "apps/version.h"
#include "graph/file.h"
#include "graph/machine.h"
#include "graph/sha256.h"
#include "runtime/kernel.h"
#include "runtime/step.h"

namespace zsq::apps {
namespace {

using nlohmann::json;

std::string bits_text(int bits) { return std::to_string(bits) + " bit"; }

/// What the recipe says at that key; null where it does not.
json said(const json& recipe, const char* key) { return recipe.value(key, json()); }

json data_facts(const json& recipe) {
  const json source = said(recipe, "images"), options = said(recipe, "image_options");
  json facts{{"set", source},
             {"count", said(recipe, "image_count")},
             {"labels", "none were used"},
             {"sha256", said(recipe, "images_sha256")}};
  if (source == "synthesized") {
    facts["kind"] = "images synthesized from batch-norm statistics";
  } else if (source == "noise") {
    facts["kind"] = "noise";
  } else if (source.is_string()) {
    facts["kind"] = "given images";
  }
  if (options.is_object()) {
    facts["seed"] = said(options, "seed");
    json rest = options;
    rest.erase("seed");
    if (!rest.empty()) facts["recipe"] = rest.dump();
  }
  return facts;
}

bool is_learned(const json& recipe) { return said(recipe, "rounding") == "learned"; }

json vocabulary_facts(const json& recipe) {
  const json images = said(recipe, "images");
  const bool data_free = images == "synthesized" || images == "noise" || images == "statistics";
  const json symmetry = said(recipe, "activation-symmetry");
  return {{"uniform", "uniform"},
          {"symmetry", "weights symmetric, activations " +
                           (symmetry.is_string() ? symmetry.get<std::string>() : "asymmetric")},
          {"granularity", said(recipe, "granularity") == "tensor"
                              ? "per tensor"
                              : "weights per output channel, activations per tensor"},
          {"ranges", "static"},
          {"zero_shot", data_free ? (is_learned(recipe) ? "level 2" : "level 1") : "images were given"},
          {"training", "PTQ"},
          {"arithmetic", "integer-only, dyadic"}};
}

struct Average {
  double sum = 0, count = 0;
  void add(double bits, double weight) { sum += bits * weight, count += weight; }
  json value() const { return count > 0 ? json(sum / count) : json(); }
};

/// Of all that a plan multiplies by, and of what its narrow slots hold for one image.
struct Widths {
  std::optional<int> first, last, last_input;
  Average weights, activations;
  std::int64_t largest_accumulator = 0;
};

Widths widths_of(const runtime::Plan& plan) {
  Widths w;
  for (const runtime::Slot& slot : plan.slots)
    if (slot.bits <= 8)
      w.activations.add(slot.bits, static_cast<double>(slot.shape.c * slot.shape.h * slot.shape.w));
  for (const runtime::Step& step : plan.steps) {
    const runtime::Kernel* kernel = runtime::kernel_of(step);
    if (kernel == nullptr) continue;
    const runtime::Slot& in = plan[runtime::inputs(step).front()];
    if (!w.first) w.first = kernel->bits;
    w.last = kernel->bits;
    w.last_input = in.bits;
    w.weights.add(kernel->bits, static_cast<double>(kernel->weight.size()));
    for (const std::int64_t bound : runtime::accumulator_bounds(*kernel, in))
      w.largest_accumulator = std::max(w.largest_accumulator, bound);
  }
  return w;
}

json layer_facts(const Widths& w) {
  json facts{{"pixels", "8 bit"},
             {"logits", "32 bit"},
             {"residual", "added within the layer's rescaling, at the activations' width"},
             {"pool", "integers, at the activations' width"},
             {"concat", "integers, at the activations' width"},
             {"bias", "32 bit"}};
  if (w.first)
    facts.update({{"first", bits_text(*w.first)},
                  {"last", bits_text(*w.last)},
                  {"last_input", bits_text(*w.last_input)}});
  return facts;
}

json training_facts(const json& recipe) {
  if (!is_learned(recipe)) return {{"retraining", "none"}};
  return {{"retraining", "rounding and biases learned on the calibration images"},
          {"learner", said(recipe, "learner")},
          {"steps", said(recipe, "learning-steps")},
          {"seed", said(recipe, "seed")}};
}

std::string processor() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);)
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  return "not known";
}

void add_what_a_recipe_says(report::Card& card, const json& recipe) {
  add(card, "run", {{"zsq", said(recipe, "zsq")}});
  if (recipe.contains("model"))
    add(card, "network",
        {{"file", said(recipe["model"], "file")},
         {"weights_sha256", said(recipe["model"], "weights_sha256")}});
  add(card, "data", data_facts(recipe));
  add(card, "vocabulary", vocabulary_facts(recipe));
  const json rules = said(recipe, "bits");
  add(card, "weights",
      {{"bits", said(recipe, "wbits")},
       {"rules", rules == "" ? json("none") : rules},
       {"range", said(recipe, "weight-range")},
       {"rounding", said(recipe, "rounding")}});
  add(card, "activations", {{"bits", said(recipe, "abits")}, {"range", said(recipe, "activation-range")}});
  add(card, "preparation",
      {{"folding", "folded into the layers before them"},
       {"equalization", said(recipe, "equalization")},
       {"bias_correction", said(recipe, "bias-correction")},
       {"steps_kept", said(recipe, "steps_kept")},
       {"steps_undone", said(recipe, "steps_undone")}});
  add(card, "training", training_facts(recipe));
}

std::string in_words(const Preprocessing& p) {
  json facts{{"mean", p.mean}, {"deviation", p.deviation}};
  return facts.dump();
}

}  // namespace

void add(report::Card& card, const std::string& section, const json& facts) {
  json& all = card.facts[section];
  if (all.is_null()) all = json::object();
  for (const auto& [key, value] : facts.items())
    if (!value.is_null()) all[key] = value;
}

std::string vocabulary_line(const report::Card& card) {
  std::string line;
  for (const char* key :
       {"uniform", "symmetry", "granularity", "ranges", "zero_shot", "training", "arithmetic"}) {
    const json word = card.value("vocabulary." + std::string(key));
    if (word.is_null()) continue;
    const bool zero_shot =
        std::string_view(key) == "zero_shot" && word.get_ref<const std::string&>().starts_with("level");
    line += (line.empty() ? "" : ", ") + std::string(zero_shot ? "zero-shot " : "") + report::shown(word);
  }
  return line;
}

report::Card card_of(const runtime::PlanFile& file) {
  report::Card card;
  const Shape& image = file.plan.image;
  add(card, "network",
      {{"name", file.metadata.network},
       {"input", size_of(image)},
       {"preprocessing", in_words(file.metadata.preprocessing)}});
  const json recipe = json::parse(file.metadata.recipe, nullptr, /*allow_exceptions=*/false);
  if (recipe.is_object()) add_what_a_recipe_says(card, recipe);
  const Widths widths = widths_of(file.plan);
  add(card, "weights", {{"average_bits", widths.weights.value()}, {"averaging", "over weights"}});
  add(card, "activations",
      {{"average_bits", widths.activations.value()},
       {"averaging", "over values of one image, logits left out"}});
  add(card, "layers", layer_facts(widths));
  add(card, "arithmetic",
      {{"accumulator", "32 bit, then 16 bit between two shifts"},
       {"largest_accumulator", widths.largest_accumulator},
       {"overflow", "proven impossible, from the actual weights"},
       {"rounding", "half up"},
       {"scales", "dyadic: 16-bit multiplier, two shifts"}});
  add(card, "execution", {{"figures", "the integer program, executed"}});
  add(card, "plan", {{"sha256", sha256(runtime::encode_plan(file))}});
  return card;
}

json machine_facts() {
  return {{"processor", processor()},
          {"cores", std::thread::hardware_concurrency()},
          {"memory_gb", static_cast<double>(memory_of_machine()) / 1e9}};
}

std::filesystem::path card_path(const std::filesystem::path& plan) {
  return std::filesystem::path(plan).replace_extension(".card.json");
}

std::filesystem::path markdown_path(const std::filesystem::path& card) {
  return std::filesystem::path(card).replace_extension(".md");
}

void write_card(const report::Card& card, const std::filesystem::path& path) {
  const std::string text = to_markdown(card);  // first, so that nothing is left undone between the two
  write_file_atomically(path, encode_card(card));
  write_file_atomically(markdown_path(path), text);
}

}  // namespace zsq::apps
