// zsq export: an integer program as a file that other tools run.
#include <filesystem>
#include <iostream>

#include <nlohmann/json.hpp>

#include "apps/command.h"
#include "apps/console.h"
#include "apps/plan_source.h"
#include "export/onnx_export.h"
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

int run(const Arguments& arguments) {
  const std::string path = arguments.only("PLAN");
  const std::filesystem::path output = arguments.text("output");
  check(arguments.text("to") == "onnx", Fault::usage, "--to is '", arguments.text("to"),
        "', it must be onnx");
  const runtime::exporting::Profile profile = profile_from(arguments);
  check_output(output, arguments);
  const runtime::PlanFile file = open_plan(path);
  write_file_atomically(output, runtime::exporting::to_onnx(file, profile));
  const nlohmann::json facts{{"file", output.string()},
                             {"file_bytes", std::filesystem::file_size(output)},
                             {"profile", runtime::exporting::name(profile)},
                             {"opset", 13}};
  if (arguments.flag("json")) {
    std::cout << text_of(facts);
  } else {
    std::cout << "written to " << output.string() << ": ONNX in QDQ form, operator set 13, for "
              << arguments.text("profile")
              << "; it takes normalised float images [n,c,h,w], as the network did\n";
  }
  return 0;
}

}  // namespace

Command export_command() {
  return {
      {"export",
       "PLAN",
       "a plan as an ONNX file that other tools run in integers",
       "zsq export resnet20.zsq -o resnet20_int8.onnx --profile ort",
       {{"o,output", "FILE", "", "where it goes"},
        {"to", "onnx", "onnx", "the format"},
        {"profile", "ort|openvino|tensorrt", "ort", "the tool that is to fuse it: each wants another form"},
        {"json", "", "", "one JSON object on stdout, nothing else there"},
        {"force", "", "", "replace what is there"}}},
      run};
}

}  // namespace zsq::apps
