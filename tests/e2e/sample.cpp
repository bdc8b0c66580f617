#include "tests/e2e/sample.h"

#include <cstdlib>

#include <nlohmann/json.hpp>

#include "tests/e2e/folder.h"

namespace zsq::e2e {

std::filesystem::path sample_model() {
  const std::filesystem::path path =
      std::filesystem::path(std::getenv("ZSQ_SOURCE_DIR")) / "samples/models/shapes_resnet.pt";
  return std::filesystem::exists(path) ? path : std::filesystem::path();
}

const Sample& sample() {
  static const Sample made = [] {
    const Folder folder;
    const auto facts = nlohmann::json::parse(folder.run({"inspect", sample_model(), "--json"}).out);
    const auto& input = facts.at("input");
    return Sample{input.at(0), input.at(1), input.at(2), facts.at("ops").back().at("output").at(0)};
  }();
  return made;
}

const std::string& sample_plan() {
  static const std::string bytes = [] {
    const Folder folder;
    folder.run(
        {"quantize", sample_model(), "--images", "noise", "--count", "8", "-o", "plan.zsq", "--quiet"});
    return folder.read("plan.zsq");
  }();
  return bytes;
}

}  // namespace zsq::e2e
