#include "apps/calibration.h"

#include <chrono>

#include "apps/device_options.h"
#include "apps/method_recipe.h"
#include "apps/picture_decoder.h"
#include "apps/torch_device.h"
#include "graph/check.h"
#include "graph/file.h"
#include "graph/fingerprint.h"
#include "graph/rewrite.h"
#include "graph/text.h"
#include "images/load_pixels.h"
#include "images/torch/pixel_codec.h"
#include "synth/image_files.h"
#include "synth/noise.h"
#include "synth/report.h"
#include "synth/synthesize.h"

namespace zsq::apps {
namespace {

namespace fs = std::filesystem;

torch::Tensor read_pictures(const fs::path& path, const ModelSource& source, int count) {
  const auto chosen = images::spread(images::open_image_set(path), count);
  const Preprocessing preprocessing = source.preprocessing_for(path);
  const images::Pixels pixels =
      images::load_pixels(chosen, preprocessing, source.model.graph.input_shape(), picture_decoder());
  return images::from_pixels(images::to_tensor(pixels), preprocessing);
}

/// Images that zsq synth made of another network would calibrate this one, only worse.
torch::Tensor read_synthesized(const fs::path& path, const ModelSource& source) {
  const synth::SavedImages set = synth::load_images(path, source.model.graph.input_shape());
  check(set.weights_sha256.empty() || set.weights_sha256 == weights_sha256(source.model.graph) ||
            source.arguments.flag("force"),
        Fault::data, path.string(), ": its images were made from the network '", set.network,
        "' with other weights than ", source.model.name,
        "'s; make new ones with zsq synth, or --force takes them");
  return set.images;
}

torch::Tensor read_images(const fs::path& path, const ModelSource& source, int count) {
  const fs::path inside = path / "images.safetensors";
  if (path.extension() == ".safetensors") return read_synthesized(path, source);
  if (fs::is_regular_file(inside)) return read_synthesized(inside, source);
  if (fs::is_directory(path)) {
    std::vector<torch::Tensor> parts;
    for (const fs::path& shard : synth::shard_files(path)) parts.push_back(read_synthesized(shard, source));
    if (!parts.empty()) return torch::cat(parts);
  }
  return read_pictures(path, source, count);
}

}  // namespace

synth::Options synthesis_from(const Arguments& arguments, const Shape& input) {
  synth::Options options = synth::default_options(input);
  const std::string file = arguments.text("recipe");
  if (!file.empty() && method_recipe_named(file) == nullptr) {
    std::string names;
    for (const MethodRecipe& recipe : method_recipes()) names += " " + std::string(recipe.name);
    check(fs::exists(file), Fault::usage, "--recipe is '", file,
          "', and there is no such file; recipes that have a name:", names, ", see 'zsq help recipe'");
    options = synth::with_recipe(options, FileBytes(file, Fault::usage).view(), file);
  }
  if (arguments.has("count")) options.count = static_cast<int>(arguments.integer("count", 1, 100000));
  if (arguments.has("steps")) options.steps = static_cast<int>(arguments.integer("steps", 1, 100000));
  options.seed = static_cast<std::uint64_t>(arguments.integer("seed", 0, INT64_MAX));
  options.threads = threads_from(arguments);
  return options;
}

Teacher teacher_of(const ModelSource& source, Status& status) {
  const torch::Device device = torch_device_from(source.arguments);
  if (device.is_cuda())
    status.warn("on a GPU batch norms are composed of tensor operations: their fused pass is for processors");
  try {
    TorchExecutor network(up_to_logits(source.model.graph), device);
    auto stored = bnstats::stored_statistics(network.graph(), device);
    return {std::move(network), std::move(stored)};
  } catch (const Error& e) {
    fail(e.fault(), source.model.name, ": ", e.what(),
         ", as in zsq quantize --images DIR, or --images noise for a first look");
  }
}

Calibration synthesize(const ModelSource& source, const synth::Options& options, Status& status) {
  const Teacher teacher = teacher_of(source, status);
  const auto& stored = teacher.stored;
  const auto made = synth::synthesize(teacher.network, stored, source.preprocessing, options,
                                      {.progress = status.for_synthesis()});
  synth::check_quality(
      synth::measure_quality(teacher.network, stored, made.images, options.batch, options.threads));
  return {made.images, "synthesized", made.seconds,
          100 * made.seconds / static_cast<double>(made.iterations)};
}

bool is_instant(const Arguments& arguments) {
  const std::string effort = arguments.text("effort");
  check(effort == "fast" || effort == "instant", Fault::usage, "--effort is '", effort,
        "', it must be instant or fast");
  if (effort == "fast") return false;
  check(!arguments.has("images"), Fault::usage,
        "--effort instant takes no images; leave out --images or --effort");
  return true;
}

Calibration noise_for_matching(const ModelSource& source, const synth::Options& options) {
  const auto start = std::chrono::steady_clock::now();
  const torch::Tensor images =
      synth::octave_noise(options.count, source.model.graph.input_shape(), source.preprocessing,
                          synth::batch_generator(options.seed, 0));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  return {images, "statistics", took.count(), 0};
}

Calibration calibration(const std::string& how, const ModelSource& source, const synth::Options& options,
                        Status& status) {
  if (how.empty()) return synthesize(source, options, status);
  torch_device_from(source.arguments);  // which is not needed then, but refused where it is not there
  const auto start = std::chrono::steady_clock::now();
  const torch::Tensor images = how == "noise" ? synth::noise_images(source.model.graph, source.preprocessing,
                                                                    options.count, options.seed)
                                              : read_images(how, source, options.count);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  return {images, how == "noise" ? "noise" : as_utf8(fs::path(how).filename().string()), took.count(), 0};
}

}  // namespace zsq::apps
