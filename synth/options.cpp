#include "synth/options.h"

#include <array>

#include <nlohmann/json.hpp>

#include "graph/check.h"
#include "graph/json_guard.h"
#include "graph/nearest.h"

namespace zsq::synth {
namespace {

using bnstats::Distance;
using nlohmann::json;

/// The names of an enumeration in a recipe, in the order of its values.
constexpr std::array<const char*, 3> names(Distance) { return {"absolute", "relative", "kl"}; }

/// The one list of what a recipe holds: f(key, value, lowest, highest) for numbers, f(key, value) for the
/// rest. `threads` is not of it: it decides nothing.
template <class AnyOptions, class F>
void each_option(AnyOptions& o, const F& f) {
  f("count", o.count, 1, 100000);
  f("batch", o.batch, 1, 4096);
  f("steps", o.steps, 1, 100000);
  f("learning_rate", o.learning_rate, 1e-6, 1e3);
  f("distance", o.distance);
  f("hardness", o.hardness, 0.0, 10.0);
  f("grain", o.grain, 1, 4096);
  f("roll", o.roll, 0, 4096);
  f("flip", o.flip);
  f("seed", o.seed);
}

/// Those under "weights".
template <class AnyWeights, class F>
void each_weight(AnyWeights& w, const F& f) {
  constexpr double kLargest = 1e6;
  f("norms", w.norms, 0.0, kLargest);
  f("classes", w.classes, 0.0, kLargest);
  f("variation", w.variation, 0.0, kLargest);
  f("colour", w.colour, 0.0, kLargest);
  f("speckle", w.speckle, 0.0, kLargest);
  f("l2", w.l2, 0.0, kLargest);
  f("image_prior", w.image_prior, 0.0, kLargest);
  f("logit_range", w.logit_range, 0.0, kLargest);
}

struct Check {
  template <class T>
  void operator()(const char* key, T value, T low, T high) const {
    check(value >= low && value <= high, Fault::usage, key, " is ", value, ", it must be from ", low, " to ",
          high);
  }
  template <class T>
  void operator()(const char*, const T&) const {}
};

struct Write {
  json& object;

  template <class T>
  void operator()(const char* key, T value, T, T) const {
    object[key] = value;
  }
  template <class T>
  void operator()(const char* key, const T& value) const {
    if constexpr (std::is_enum_v<T>)
      object[key] = names(value)[static_cast<std::size_t>(value)];
    else
      object[key] = value;
  }
};

/// Takes what the object has, and remembers what it could have had.
struct Read {
  const json& object;
  const std::string& who;
  std::vector<std::string>& known;

  template <class T>
  void operator()(const char* key, T& value, T low, T high) const {
    const json* found = find(key);
    if (found == nullptr) return;
    const bool suits = std::is_integral_v<T> ? found->is_number_integer() : found->is_number();
    check(suits && found->get<double>() >= low && found->get<double>() <= high, Fault::usage, who, ": '", key,
          "' is ", found->dump(), ", it must be ", std::is_integral_v<T> ? "an integer" : "a number",
          " from ", low, " to ", high);
    value = found->get<T>();
  }

  template <class T>
  void operator()(const char* key, T& value) const {
    const json* found = find(key);
    if (found == nullptr) return;
    if constexpr (std::is_enum_v<T>) {
      const auto all = names(value);
      const auto at = std::find(all.begin(), all.end(), found->is_string() ? found->get<std::string>() : "");
      std::string list;
      for (const char* name : all) list += (list.empty() ? "" : ", ") + std::string(name);
      check(at != all.end(), Fault::usage, who, ": '", key, "' is ", found->dump(), ", it must be one of ",
            list);
      value = static_cast<T>(at - all.begin());
    } else {
      const bool suits = std::is_same_v<T, bool> ? found->is_boolean() : found->is_number_unsigned();
      check(suits, Fault::usage, who, ": '", key, "' is ", found->dump(), ", it must be ",
            std::is_same_v<T, bool> ? "true or false" : "an integer of at least 0");
      value = found->get<T>();
    }
  }

  const json* find(const char* key) const {
    known.emplace_back(key);
    const auto at = object.find(key);
    return at == object.end() ? nullptr : &*at;
  }
};

void need_known(const json& object, const std::vector<std::string>& known, const std::string& who) {
  for (const auto& [key, value] : object.items()) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    const std::string near = nearest(key, known);
    fail(Fault::usage, who, ": a recipe has no '", key, "'",
         near.empty() ? "; a report's \"recipe\" shows what it has" : "; did you mean '" + near + "'?");
  }
}

}  // namespace

Options default_options(const Shape& input) {
  Options options;
  if (input.h * input.w <= 64 * 64) return options;
  options.count = 64;
  options.batch = 16;
  options.steps = 150;
  options.learning_rate = 0.1;
  options.weights.classes = 0.003;
  options.weights.colour = 1;
  options.weights.speckle = 0.5;
  options.grain = 4;
  options.roll = 4;
  return options;
}

void check_options(const Options& o) {
  each_option(o, Check());
  each_weight(o.weights, Check());
  check(o.threads >= 0 && o.threads <= 4096, Fault::usage, "threads is ", o.threads,
        ", it must be from 0 to 4096");
  const int batches = batch_count(o);
  check(o.shard.of >= 1 && o.shard.of <= batches, Fault::usage, "there are ", o.shard.of,
        " shards, there must be from 1 to as many as batches, ", batches);
  check(o.shard.index >= 0 && o.shard.index < o.shard.of, Fault::usage, "shard is ", o.shard.index,
        ", it must be from 0 to ", o.shard.of - 1);
}

int batch_count(const Options& o) { return (o.count + o.batch - 1) / o.batch; }

json to_json(const Options& o) {
  json recipe, weights;
  each_option(o, Write{recipe});
  each_weight(o.weights, Write{weights});
  recipe["weights"] = std::move(weights);
  return recipe;
}

Options with_recipe(Options options, std::string_view text, const std::string& who) {
  JsonGuard guard(3, [&](const std::string& what) { fail(Fault::usage, who, ": ", what); });
  const auto recipe = json::parse(text, std::ref(guard), /*allow_exceptions=*/false);
  check(recipe.is_object(), Fault::usage, who, ": is not a JSON object such as {\"steps\": 500}");
  std::vector<std::string> known{"weights"}, known_weights;
  each_option(options, Read{recipe, who, known});
  need_known(recipe, known, who);
  if (const auto weights = recipe.find("weights"); weights != recipe.end()) {
    check(weights->is_object(), Fault::usage, who, ": 'weights' is not an object");
    each_weight(options.weights, Read{*weights, who, known_weights});
    need_known(*weights, known_weights, who);
  }
  return options;
}

}  // namespace zsq::synth
