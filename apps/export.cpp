// zsq export: an integer program as a file that other tools run.
#include <algorithm>
#include <array>
#include <filesystem>
#include <iostream>

#include <nlohmann/json.hpp>

#include "apps/command.h"
#include "apps/console.h"
#include "apps/plan_source.h"
#include "export/encodings.h"
#include "export/onnx_export.h"
#include "export/quantized_tensors.h"
#include "graph/check.h"
#include "graph/file.h"

namespace zsq::apps {
namespace {

runtime::exporting::Profile profile_from(const Arguments& arguments) {
  using runtime::exporting::Profile;
  const std::string text = arguments.text("profile");
  for (const Profile p : {Profile::ort, Profile::openvino, Profile::tensorrt})
    if (text == runtime::exporting::name(p)) return p;
  fail(Fault::usage, "--profile is '", text, "', it must be ort, openvino or tensorrt");
}

runtime::exporting::NarrowWeights narrow_from(const Arguments& arguments) {
  using runtime::exporting::NarrowWeights;
  return arguments.flag("int4") ? NarrowWeights::int4 : NarrowWeights::int8;
}

/// A format: how it is written, and what is said of it.
struct Target {
  std::string_view name;
  std::string (*bytes)(const runtime::PlanFile&, const Arguments&);
  std::string_view said;
};

constexpr std::array<Target, 3> kTargets{{
    {"onnx",
     [](const runtime::PlanFile& file, const Arguments& arguments) {
       return runtime::exporting::to_onnx(file, profile_from(arguments), narrow_from(arguments));
     },
     "ONNX in QDQ form; it takes normalised float images [n,c,h,w], as the network did"},
    {"encodings",
     [](const runtime::PlanFile& file, const Arguments&) { return runtime::exporting::to_encodings(file); },
     "AIMET's encodings 0.6.1, of the network with its batch norms folded"},
    {"safetensors",
     [](const runtime::PlanFile& file, const Arguments&) { return runtime::exporting::to_safetensors(file); },
     "integer weights and biases, scales and zero points as safetensors"},
}};

const Target& target_from(const Arguments& arguments) {
  const std::string text = arguments.text("to");
  const auto found = std::ranges::find(kTargets, text, &Target::name);
  check(found != kTargets.end(), Fault::usage, "--to is '", text,
        "', it must be onnx, encodings or safetensors");
  return *found;
}

int run(const Arguments& arguments) {
  const std::string path = arguments.only("PLAN");
  const std::filesystem::path output = arguments.text("output");
  const Target& target = target_from(arguments);
  const auto profile = profile_from(arguments);
  check_output(output, arguments);
  const runtime::PlanFile file = open_plan(path);
  write_file_atomically(output, target.bytes(file, arguments));
  nlohmann::json facts{
      {"file", output.string()}, {"file_bytes", std::filesystem::file_size(output)}, {"to", target.name}};
  if (target.name == "onnx") {
    facts["profile"] = runtime::exporting::name(profile);
    facts["opset"] = arguments.flag("int4") ? 21 : 13;
  }
  if (arguments.flag("json")) {
    std::cout << text_of(facts);
  } else {
    std::cout << "written to " << output.string() << ": " << target.said << '\n';
  }
  return 0;
}

}  // namespace

Command export_command() {
  return {
      {"export",
       "PLAN",
       "a plan as a file that other tools run or read: ONNX in integers, encodings, tensors",
       "zsq export resnet20.zsq -o resnet20_int8.onnx --profile ort",
       {{"o,output", "FILE", "", "where it goes"},
        {"to", "onnx|encodings|safetensors", "onnx",
         "the format: AIMET's encodings; integer weights and scales"},
        {"profile", "ort|openvino|tensorrt", "ort", "the tool that is to fuse it: each wants another form"},
        {"int4", "", "", "weights of at most 4 bits two to a byte, which takes operator set 21"},
        {"json", "", "", "one JSON object on stdout, nothing else there"},
        {"force", "", "", "replace what is there"}}},
      run};
}

}  // namespace zsq::apps
