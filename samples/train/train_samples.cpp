/// train_samples shapes_resnet|shapes_mobilenet|shapes_vgg -o FOLDER
/// Renders the shapes data set, trains one of the sample networks on it and writes NAME.pt (TorchScript),
/// NAME.safetensors (the parameters by name) and the side-car NAME.json. One core, some minutes; the same
/// machine gives the same files.
#include <filesystem>
#include <iostream>
#include <sstream>
#include <string>

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <nlohmann/json.hpp>

#include "graph/check.h"
#include "graph/file.h"
#include "graph/safetensors.h"
#include "graph/torch/executor.h"
#include "graph/torch/load_model.h"
#include "samples/shapes/render.h"
#include "samples/train/networks.h"
#include "samples/train/train.h"

namespace fs = std::filesystem;
using namespace zsq;
using namespace zsq::samples;

namespace {

constexpr std::uint64_t kTrainSeed = 1, kTestSeed = 7, kWeightSeed = 3;
constexpr std::int64_t kTrainImages = 24'000, kTestImages = 2'000;

struct Job {
  std::string name, title;
  torch::jit::Module (*make)(const torch::Generator&);
  Recipe recipe;
};

Job job(const std::string& name) {
  if (name == "shapes_resnet") return {name, "ResNet-8, rendered shapes", shapes_resnet, {.epochs = 8}};
  if (name == "shapes_mobilenet")
    return {
        name, "MobileNetV2-like, rendered shapes", shapes_mobilenet, {.epochs = 18, .weight_decay = 2e-4}};
  if (name == "shapes_vgg")
    return {name, "VGG-like, rendered shapes", shapes_vgg, {.epochs = 24, .weight_decay = 2e-4}};
  fail(Fault::usage, "there is no sample network ", name,
       "; shapes_resnet, shapes_mobilenet and shapes_vgg were expected");
}

std::string encode_module(const torch::jit::Module& net) {
  std::ostringstream bytes;
  net.save(bytes);
  return bytes.str();
}

std::string encode_parameters(const torch::jit::Module& net) {
  SafeTensors content;
  for (const auto& attribute : net.named_attributes(/*recurse=*/true)) {
    if (!attribute.value.isTensor()) continue;
    const torch::Tensor tensor = attribute.value.toTensor();
    content.tensors[attribute.name] = {DType::f32,
                                       tensor.sizes().vec(),
                                       {static_cast<const char*>(tensor.const_data_ptr()), tensor.nbytes()}};
  }
  return encode_safetensors(content);
}

std::string sidecar(const Job& job, const torch::jit::Module& net, double top1) {
  std::int64_t parameters = 0;
  for (const torch::Tensor& parameter : net.parameters()) parameters += parameter.numel();
  const Preprocessing pixels = shapes_preprocessing();
  nlohmann::ordered_json json;
  json["name"] = job.name;
  json["title"] = job.title;
  json["licence"] = "Apache-2.0";
  json["made_by"] = "train_samples " + job.name + " -o samples/models";
  json["task"] = "shapes";
  json["classes"] = kShapeClasses.size();
  json["class_names"] = kShapeClasses;
  json["input"] = {{"shape", {3, kShapeSide, kShapeSide}},
                   {"layout", "NCHW"},
                   {"channels", "RGB"},
                   {"mean_01", pixels.mean},
                   {"std_01", pixels.deviation}};
  json["resize"] = nullptr;
  json["crop"] = nullptr;
  json["output"] = "logits";
  json["parameters"] = parameters;
  json["float_top1"] = {{"measured",
                         {{"set", "render_shapes --count " + std::to_string(kTestImages) + " --seed " +
                                      std::to_string(kTestSeed)},
                          {"n", kTestImages},
                          {"top1", top1}}}};
  return json.dump(2) + '\n';
}

/// That zsq reads from the file what was trained.
void check_import(const fs::path& path, torch::jit::Module& net, const torch::Tensor& images) {
  const Model model = load_model(path);
  const torch::NoGradGuard no_grad;
  const double difference =
      (TorchExecutor(model.graph).run(images) - net.forward({images}).toTensor()).abs().max().item<double>();
  check(difference < 1e-3, Fault::verification, path.string(), ": the imported network's logits differ by ",
        difference, " from the trained one's");
  std::cout << path.filename().string() << ": imports, logits differ by at most " << difference << '\n';
}

void run(const Job& job, const fs::path& folder) {
  check(fs::is_directory(folder), Fault::usage, folder.string(), " is not a folder");
  auto net = job.make(at::detail::createCPUGenerator(kWeightSeed));
  const LabelledImages training = rendered_images(kTrainImages, kTrainSeed);
  const LabelledImages test = rendered_images(kTestImages, kTestSeed);
  train(net, training, job.recipe, at::detail::createCPUGenerator(kTrainSeed), [&](int epoch, double loss) {
    net.eval();
    std::cout << "epoch " << epoch << " of " << job.recipe.epochs << ": loss " << loss << ", test accuracy "
              << accuracy(net, test) << std::endl;
    net.train();
  });
  const double top1 = std::round(1e4 * accuracy(net, test)) / 100;
  const fs::path stem = folder / job.name;
  write_file_atomically(stem.string() + ".pt", encode_module(net));
  write_file_atomically(stem.string() + ".safetensors", encode_parameters(net));
  write_file_atomically(stem.string() + ".json", sidecar(job, net, top1));
  check_import(stem.string() + ".pt", net, test.images.narrow(0, 0, 100));
  if (job.name == "shapes_resnet")  // a built-in architecture
    check_import(stem.string() + ".safetensors", net, test.images.narrow(0, 0, 100));
  std::cout << job.name << ": " << top1 << " % of " << kTestImages << " held-out images\n";
}

}  // namespace

int main(int argc, char** argv) {
  try {
    check(argc == 4 && std::string(argv[2]) == "-o", Fault::usage,
          "usage: train_samples shapes_resnet|shapes_mobilenet|shapes_vgg -o FOLDER");
    at::set_num_threads(1);
    run(job(argv[1]), argv[3]);
    return 0;
  } catch (const Error& e) {
    std::cerr << "train_samples: " << e.what() << '\n';
    return static_cast<int>(e.fault());
  }
}
