#include "apps/plan_making.h"

#include <chrono>

#include "apps/command_line.h"
#include "apps/command_specs.h"
#include "apps/config.h"
#include "apps/evaluation.h"
#include "apps/interrupt.h"
#include "apps/method_recipe.h"
#include "apps/plan_card.h"
#include "apps/plan_origin.h"
#include "apps/scheme_options.h"
#include "graph/check.h"
#include "graph/rewrite.h"
#include "quantize/from_statistics.h"
#include "runtime/compare.h"

namespace zsq::apps {
namespace {

using nlohmann::json;

/// Throws Error (Fault::verification) unless the cpu's program equals the reference on every tensor.
runtime::Comparison verified(const runtime::Plan& plan, std::uint64_t seed) {
  constexpr std::int64_t kImages = 6;
  const runtime::Device cpu[] = {runtime::Device::cpu};
  const auto found = runtime::compare(plan, cpu, runtime::probe_images(plan.image, kImages, seed)).front();
  check(found.mismatches == 0, Fault::verification,
        "the cpu differs from the reference: ", found.first ? runtime::describe(plan, *found.first) : "");
  return found;
}

/// What zsq reproduce needs. Options that decide where the plan goes and what is said of it are left out.
json remake_facts(const Arguments& arguments) {
  json options = json::parse(config_text(quantize_spec(), arguments));
  for (const char* name : {"output", "json", "quiet", "force", "dry-run", "report", "plots", "keep"})
    options.erase(name);
  return {{"command", "quantize"}, {"model", arguments.only("MODEL")}, {"options", options}};
}

report::Card card_for(const MadePlan& made, const ModelSource& source) {
  report::Card card = card_of(made.result.file);
  add(card, "network", {{"parameters", parameter_count(source.model.graph)}});
  add(card, "preparation", {{"float_sqnr_db", made.result.float_sqnr_db}});
  add(card, "execution", {{"verified_tensors", made.facts["verified_tensors"]}});
  add(card, "cost",
      {{"seconds", made.facts["seconds"]},
       {"synthesis_seconds", made.facts["synthesis_seconds"]},
       {"peak_rss_mb", made.facts["peak_rss_mb"]},
       {"float_bytes", made.facts["float_bytes"]}});
  add(card, "machine", machine_facts());
  return card;
}

}  // namespace

MadePlan make_plan(const ModelSource& source, const Calibration& images, const std::filesystem::path& model,
                   const Arguments& arguments, Status& status) {
  const Stopwatch watch;
  const quantize::Scheme scheme = scheme_from(arguments);
  const synth::Options options = synthesis_from(arguments, source.model.graph.input_shape());
  const auto quantizes =
      images.source == "statistics" ? quantize::quantize_from_statistics : quantize::quantize;
  MadePlan made{.result = quantizes(source.model.graph, source.preprocessing, images.images, scheme,
                                    [&](const std::string& step) {
                                      status.progress("quantization: " + step);
                                      stop_if_interrupted();
                                    })};
  status.progress("verification");
  const runtime::Comparison check_up = verified(made.result.file.plan, options.seed);
  stop_if_interrupted();
  made.result = with_origin(std::move(made.result), source, model, images, options);
  made.facts = to_json(made.result);
  made.facts.update({{"seconds", images.seconds + watch.seconds()},
                     {"synthesis_seconds", images.source == "synthesized" ? images.seconds : 0.0},
                     {"peak_rss_mb", peak_rss_mb()},
                     {"float_bytes", 4 * parameter_count(source.model.graph)},
                     {"images", images.source},
                     {"wbits", scheme.weight_bits},
                     {"abits", scheme.activation_bits},
                     {"verified_tensors", check_up.tensors}});
  made.card = card_for(made, source);
  made.images = images.images;
  return made;
}

MadePlan make_plan(const ModelSource& source, const Arguments& arguments, Status& status) {
  const synth::Options options = synthesis_from(arguments, source.model.graph.input_shape());
  const Calibration images = is_instant(arguments)
                                 ? noise_for_matching(source, options)
                                 : calibration(arguments.text("images"), source, options, status);
  MadePlan made = make_plan(source, images, arguments.only("MODEL"), arguments, status);
  add(made.card, "run", {{"command", command_line(quantize_spec(), arguments)}});
  if (const MethodRecipe* recipe = method_recipe_named(arguments.text("recipe")))
    add(made.card, "run", {{"recipe", label(*recipe)}});
  add(made.card, "remake", remake_facts(arguments));
  return made;
}

}  // namespace zsq::apps
