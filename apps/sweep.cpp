// zsq sweep: what each choice beside the method does to the same network on the same images.
#include "report/sweep.h"

#include <set>

#include <nlohmann/json.hpp>

#include "apps/command.h"
#include "apps/command_line.h"
#include "apps/command_specs.h"
#include "apps/config.h"
#include "apps/device_options.h"
#include "apps/evaluation.h"
#include "apps/plan_making.h"
#include "apps/report_output.h"
#include "apps/sweep_settings.h"
#include "apps/torch_commands.h"
#include "apps/version.h"
#include "evaluate/set_fingerprint.h"
#include "evaluate/torch/predict_float.h"
#include "graph/check.h"
#include "graph/file.h"
#include "graph/fingerprint.h"
#include "graph/rewrite.h"
#include "graph/sha256.h"
#include "quantize/prepare.h"

namespace zsq::apps {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// Of zsq quantize, as the sweep's own have them.
json options_of(const Arguments& arguments) {
  json options = json::parse(config_text(quantize_spec(), arguments));
  for (const char* name : {"output", "json", "quiet", "force", "dry-run", "report", "plots", "keep"})
    options.erase(name);
  return options;
}

/// --images are what is calibrated on here, and not the set that is measured on.
Arguments set_options(const Arguments& arguments) {
  return parse(sweep_spec(), {"--data=" + arguments.text("data"), "--batch=" + arguments.text("batch")});
}

/// What is there of an earlier run that ended early.
std::vector<report::SweepRow> rows_before(const Arguments& arguments) {
  const fs::path path = arguments.text("output");
  if (!arguments.has("output") || !fs::exists(path) || arguments.flag("force")) return {};
  return report::sweep_from(read_file(path), path.string()).rows;
}

class SweepRun {
 public:
  SweepRun(const std::string& model, const ModelSource& source, const Arguments& arguments, Status& status)
      : model_(model),
        source_(source),
        arguments_(arguments),
        status_(status),
        set_(evaluation_set(set_options(arguments), source.preprocessing_for(arguments.text("data")),
                            source.model.graph.input_shape(),
                            {evaluate::class_count(source.model.graph), source.model.labels}, status)),
        identity_(json{weights_sha256(source.model.graph), evaluate::set_sha256(set_.set), kVersion}.dump()),
        before_(rows_before(arguments)) {}

  report::Sweep run() {
    const Graph prepared = quantize::prepared(up_to_logits(source_.model.graph));
    in_float_ =
        predict(TorchExecutor(up_to_logits(source_.model.graph)), during(Phase::in_float, set_, status_));
    report::Sweep sweep{source_.model.name, arguments_.text("data"), compare(in_float_, in_float_).top1, {}};
    for (const SweepSetting& setting : settings(prepared)) {
      status_.say(setting.trade_off + ": " + setting.name);
      sweep.rows.push_back(row(setting));
      if (arguments_.has("output")) write_file_atomically(arguments_.text("output"), text_of(to_json(sweep)));
    }
    return sweep;
  }

 private:
  std::vector<SweepSetting> settings(const Graph& prepared) const {
    if (!arguments_.has("ablate")) return sweep_settings(prepared, arguments_);
    return ablation_settings(*method_recipe_named(arguments_.text("ablate")));
  }

  report::SweepRow row(const SweepSetting& setting) {
    json options = options_of(arguments_);
    for (const auto& [name, value] : setting.changes) options[name] = value;
    const std::string key = sha256(identity_ + options.dump());
    for (report::SweepRow done : before_) {
      if (done.key != key) continue;
      done.trade_off = setting.trade_off, done.setting = setting.name;
      done.is_method = setting.is_method, done.against = setting.against;
      return done;
    }
    std::vector<std::string> words{model_};
    for (const std::string& word : words_of_options(options, quantize_spec(), "sweep")) words.push_back(word);
    const Arguments quantize = parse(quantize_spec(), words);
    const Stopwatch watch;
    const MadePlan made = make_plan(source_, images_for(quantize), model_, quantize, status_);
    const runtime::PlanFile& file = made.result.file;
    const auto session = runtime::make_session(file.plan, runtime::Device::cpu, session_from(arguments_));
    const auto got = predict(*session, file, during(Phase::integers, set_, status_));
    const evaluate::Accuracy a = compare(got, in_float_);
    return {.trade_off = setting.trade_off,
            .setting = setting.name,
            .against = setting.against,
            .is_method = setting.is_method,
            .key = key,
            .images = a.images,
            .top1 = a.top1,
            .agreement = a.agreement,
            .sqnr_db = a.sqnr_db,
            .weight_bits = made.card.value("weights.average_bits").get<double>(),
            .activation_bits = made.card.value("activations.average_bits").get<double>(),
            .right = evaluate::right_ones(got),
            .seconds = watch.seconds()};
  }

  /// Made once for all settings that have the same.
  const Calibration& images_for(const Arguments& quantize) {
    const std::string how = quantize.text("images");
    const std::string key = json{how, quantize.text("count"), quantize.text("seed")}.dump();
    const auto found = images_.find(key);
    if (found != images_.end()) return found->second;
    const synth::Options options = synthesis_from(quantize, source_.model.graph.input_shape());
    return images_.emplace(key, calibration(how, source_, options, status_)).first->second;
  }

  std::string model_;
  const ModelSource& source_;
  const Arguments& arguments_;
  Status& status_;
  evaluate::EvaluationSet set_;
  std::string identity_;  // of everything but the options
  std::vector<report::SweepRow> before_;
  evaluate::Predictions in_float_;
  std::map<std::string, Calibration> images_;
};

}  // namespace

int run_sweep(const Arguments& arguments) {
  const std::string path = arguments.only("MODEL");
  check(arguments.has("data"), Fault::usage, "--data SET is needed: labelled images");
  check(!arguments.has("ablate") || method_recipe_named(arguments.text("ablate")) != nullptr, Fault::usage,
        "--ablate is '", arguments.text("ablate"), "', it must be a recipe that 'zsq help recipe' names");
  check_report_options(arguments);
  if (arguments.has("output") && !fs::exists(arguments.text("output")))
    check_output(arguments.text("output"), arguments);
  Status status(arguments.flag("quiet"));
  const ModelSource source = open_model(path, arguments);
  for (const std::string& warning : source.model.warnings) status.warn(warning);
  const report::Sweep sweep = SweepRun(path, source, arguments, status).run();
  write_report(
      {"Trade-offs of " + sweep.network,
       path + " on " + sweep.data,
       {report::sweep_section(sweep), report::commands_section({command_line(sweep_spec(), arguments)})}},
      arguments);
  status.result(arguments.flag("json") ? text_of(to_json(sweep)) : to_text(sweep));
  return 0;
}

}  // namespace zsq::apps
