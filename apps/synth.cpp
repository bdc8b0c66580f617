// zsq synth: images from batch-norm statistics, as a file, a contact sheet and a report.
#include <filesystem>
#include <iostream>
#include <optional>

#include <nlohmann/json.hpp>

#include "apps/calibration.h"
#include "apps/command.h"
#include "apps/command_line.h"
#include "apps/command_specs.h"
#include "apps/console.h"
#include "apps/report_output.h"
#include "apps/staged_folder.h"
#include "apps/torch_commands.h"
#include "apps/version.h"
#include "export/npy.h"
#include "graph/check.h"
#include "graph/file.h"
#include "graph/fingerprint.h"
#include "graph/sha256.h"
#include "report/pages.h"
#include "synth/contact_sheet.h"
#include "synth/image_files.h"
#include "synth/report.h"
#include "synth/synthesize.h"

namespace zsq::apps {
namespace {

namespace fs = std::filesystem;

enum class Keep { none, grid, all };

Keep keep_from(const Arguments& arguments) {
  const std::string text = arguments.text("keep");
  if (text == "none") return Keep::none;
  if (text == "grid") return Keep::grid;
  check(text == "all", Fault::usage, "--keep is '", text, "', it must be none, grid or all");
  return Keep::all;
}

/// "1/4": the second of four.
synth::Shard shard_from(const Arguments& arguments) {
  const std::string text = arguments.text("shard");
  if (text.empty()) return {};
  const auto slash = text.find('/');
  check(slash != std::string::npos, Fault::usage, "--shard is '", text, "', it must be I/N, such as 0/4");
  const auto of = to_integer("--shard", text.substr(slash + 1), 1, 100000);
  return {static_cast<int>(to_integer("--shard", text.substr(0, slash), 0, of - 1)), static_cast<int>(of)};
}

/// What decides the images: another run's checkpoints are not carried on from.
std::string run_of(const ModelSource& source, const synth::Options& options) {
  const nlohmann::json all{{"zsq", kVersion},
                           {"recipe", synth::to_json(options)},
                           {"weights", weights_sha256(source.model.graph)},
                           {"mean", source.preprocessing.mean},
                           {"deviation", source.preprocessing.deviation}};
  return sha256(all.dump());
}

/// None without --resume.
std::optional<synth::Checkpoints> checkpoints_from(const Arguments& arguments, const ModelSource& source,
                                                   const synth::Options& options, const fs::path& folder) {
  constexpr int kStepsBetween = 25;
  if (!arguments.flag("resume")) return std::nullopt;
  check(keep_from(arguments) == Keep::all, Fault::usage, "--resume keeps images, --keep ",
        arguments.text("keep"), " does not; leave one of them out");
  return synth::Checkpoints(folder / synth::shard_file("checkpoints", options.shard, ""),
                            run_of(source, options), kStepsBetween);
}

std::string as_npy(const torch::Tensor& images) {
  const torch::Tensor values = images.to(torch::kCPU, torch::kFloat).contiguous();
  return runtime::exporting::to_npy(
      {values.const_data_ptr<float>(), static_cast<std::size_t>(values.numel())}, values.sizes().vec());
}

report::Document document_of(const synth::Synthesis& made, const synth::Quality& quality,
                             const ModelSource& source, const Arguments& arguments) {
  std::vector<report::FitFacts> fit;
  for (const synth::LayerFit& f : quality.fit) fit.push_back({f.name, f.mean_error, f.std_error});
  const auto count = made.images.size(0), channels = made.images.size(1);
  report::Facts facts{{{"images", std::to_string(count)},
                       {"time", fixed(made.seconds, 1) + " s"},
                       {"mean error", fixed(quality.mean_error, 3) + " stored deviations"},
                       {"deviation error", fixed(quality.std_error, 3) + " stored deviations"}}};
  report::Document document{"Images for " + source.model.name,
                            "from its batch-norm statistics",
                            {{"Summary", {std::move(facts)}}, report::fit_section(fit)}};
  if (keep_from(arguments) != Keep::none && (channels == 1 || channels == 3)) {
    const auto shown = std::min<std::int64_t>(16, count);
    const std::string png = synth::contact_sheet(made.images.slice(0, 0, shown), source.preprocessing);
    document.sections.push_back(
        {"Images", {report::Picture{png, "the first " + std::to_string(shown) + " images, in a grid"}}});
  }
  document.sections.push_back(report::commands_section({command_line(synth_spec(), arguments)}));
  return document;
}

}  // namespace

int run_synth(const Arguments& arguments) {
  const std::string path = arguments.only("MODEL");
  const fs::path folder = arguments.text("output");
  check(!folder.empty(), Fault::usage, "-o DIR is needed: where the images go");
  const Keep keep = keep_from(arguments);
  check_report_options(arguments);
  Status status(arguments.flag("quiet"));
  const ModelSource source = open_model(path, arguments);
  for (const std::string& warning : source.model.warnings) status.warn(warning);
  synth::Options options = synthesis_from(arguments, source.model.graph.input_shape());
  options.shard = shard_from(arguments);
  const auto file = [&](const char* stem, const char* extension) {
    return synth::shard_file(stem, options.shard, extension);
  };
  const auto [teacher, stored] = teacher_of(source, status);
  check(!arguments.flag("npy") || keep == Keep::all, Fault::usage, "--npy keeps the images, --keep ",
        arguments.text("keep"), " does not; leave one of them out");
  check_folder(folder,
               {file("images", ".safetensors"), file("images", ".npy"), file("contact-sheet", ".png"),
                file("report", ".json")},
               arguments);

  const auto checkpoints = checkpoints_from(arguments, source, options, folder);
  const auto made = synth::synthesize(
      teacher, stored, source.preprocessing, options,
      {.progress = status.for_synthesis(), .checkpoints = checkpoints ? &*checkpoints : nullptr});
  auto quality = synth::measure_quality(teacher, stored, made.images, options.batch, options.threads);
  quality.spectrum = synth::measure_spectrum(made.images, source.preprocessing);
  nlohmann::json report = synth::to_json(made, quality);
  report["recipe"] = synth::to_json(options);
  report["read"] = {path};  // all that was: the model
  StagedFolder staged(folder);
  if (keep == Keep::all)
    synth::save_images(staged / file("images", ".safetensors"),
                       {made.images, source.model.name, synth::to_json(options).dump(), options.seed,
                        weights_sha256(source.model.graph)});
  if (arguments.flag("npy")) write_file_atomically(staged / file("images", ".npy"), as_npy(made.images));
  if (keep != Keep::none)
    synth::write_contact_sheet(staged / file("contact-sheet", ".png"), made.images, source.preprocessing);
  write_file_atomically(staged / file("report", ".json"), text_of(report));
  staged.publish();
  if (wants_report(arguments)) write_report(document_of(made, quality, source, arguments), arguments);
  if (checkpoints) fs::remove_all(checkpoints->folder());
  const std::string next = "written to " + folder.string() + "\nnext: zsq quantize " + shell_word(path) +
                           " --images " + shell_word(folder.string()) + " -o " +
                           shell_word(source.model.name + ".zsq") + "\n";
  status.result(arguments.flag("json") ? text_of(report) : to_text(made, quality) + next);
  synth::check_quality(quality);
  return 0;
}

}  // namespace zsq::apps
