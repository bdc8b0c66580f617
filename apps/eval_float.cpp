// zsq eval with a float network: alone, or an integer program beside it, on the same images.
#include <nlohmann/json.hpp>

#include "apps/device_options.h"
#include "apps/eval_card.h"
#include "apps/evaluation.h"
#include "apps/model_source.h"
#include "apps/plan_card.h"
#include "apps/plan_source.h"
#include "apps/torch_commands.h"
#include "evaluate/torch/predict_float.h"
#include "graph/check.h"
#include "graph/fingerprint.h"
#include "graph/rewrite.h"
#include "graph/text.h"

namespace zsq::apps {
namespace {

/// Of the float network alone.
report::Card card_of(const ModelSource& source, const std::filesystem::path& path) {
  report::Card card;
  add(card, "network",
      {{"name", source.model.name},
       {"file", as_utf8(path.filename().string())},
       {"weights_sha256", weights_sha256(source.model.graph)},
       {"input", size_of(source.model.graph.input_shape())},
       {"parameters", parameter_count(source.model.graph)}});
  add(card, "execution", {{"figures", "the float network"}});
  return card;
}

int run_float(const std::string& path, const Arguments& arguments, Status& status) {
  check(
      !arguments.has("images"), Fault::usage,
      "--images has no labels, so a model alone has nothing to be compared with; give a plan and --float, or "
      "labelled images as --data SET");
  const ModelSource source = open_model(path, arguments);
  const auto& graph = source.model.graph;
  const Classes classes{evaluate::class_count(graph), source.model.labels};
  const auto set = evaluation_set(arguments, source.preprocessing_for(set_path(arguments)),
                                  graph.input_shape(), classes, status);
  const Stopwatch watch;
  const evaluate::Predictions predictions =
      predict(TorchExecutor(up_to_logits(graph)), during(Phase::in_float, set, status));
  const auto found = evaluation({predictions, predictions, "float", watch.seconds()}, classes, arguments);
  write_evaluated_card({card_of(source, path), set.set, found, predictions}, arguments);
  show(found, arguments, status);
  return 0;
}

/// Agreement with another network would say nothing of the plan. Plans of other programs do not tell what
/// they were made from.
void check_origin(const runtime::PlanFile& file, const ModelSource& source, const Arguments& arguments) {
  const auto recipe = nlohmann::json::parse(file.metadata.recipe, nullptr, /*allow_exceptions=*/false);
  const auto place = nlohmann::json::json_pointer("/model/weights_sha256");
  if (arguments.flag("force") || !recipe.is_object() || !recipe.contains(place)) return;
  check(recipe.at(place) == weights_sha256(source.model.graph), Fault::data, arguments.text("float"),
        ": its weights are not those that ", arguments.only("PLAN or MODEL"), " was made from (",
        recipe.value(nlohmann::json::json_pointer("/model/file"), file.metadata.network),
        "); give that model, or --force compares them all the same");
}

/// The same pixels go into both networks, so both must read them the same way.
void check_normalisation(const runtime::PlanFile& file, const ModelSource& source,
                         const Arguments& arguments) {
  const Preprocessing &plan = file.metadata.preprocessing, &model = source.preprocessing;
  check(plan.mean == model.mean && plan.deviation == model.deviation && plan.channels == model.channels,
        Fault::data, arguments.text("float"),
        ": reads pixels with another mean, deviation or channel order than the plan, which was made with its "
        "own; give the --mean and --std that zsq quantize had");
}

}  // namespace

int run_eval_with_float(const Arguments& arguments) {
  const std::string path = arguments.only("PLAN or MODEL");
  Status status(arguments.flag("quiet"));
  if (!is_plan(path)) return run_float(path, arguments, status);
  const runtime::PlanFile file = open_plan(path);
  const runtime::Device device = device_from(arguments);
  const ModelSource source = open_model(arguments.text("float"), arguments);
  check_origin(file, source, arguments);
  check_normalisation(file, source, arguments);
  check(source.model.graph.input_shape() == file.plan.image, Fault::data, arguments.text("float"), ": takes ",
        source.model.graph.input_shape(), ", the plan takes ", file.plan.image);
  const Classes classes{evaluate::class_count(file), file.metadata.labels};
  const auto set = evaluation_set(arguments, source.preprocessing_for(set_path(arguments)), file.plan.image,
                                  classes, status);
  const evaluate::Predictions in_float =
      predict(TorchExecutor(up_to_logits(source.model.graph)), during(Phase::in_float, set, status));
  check(in_float.classes == evaluate::class_count(file), Fault::data, arguments.text("float"), ": has ",
        in_float.classes, " classes, the plan has ", evaluate::class_count(file));
  const Stopwatch watch;
  const auto session = runtime::make_session(file.plan, device, session_from(arguments));
  const evaluate::Predictions integers = predict(*session, file, during(Phase::integers, set, status));
  const auto found = evaluation({integers, in_float, std::string(runtime::name(device)), watch.seconds()},
                                classes, arguments);
  write_evaluated_card({card_beside(path, file), set.set, found, integers}, arguments);
  show(found, arguments, status);
  return 0;
}

}  // namespace zsq::apps
