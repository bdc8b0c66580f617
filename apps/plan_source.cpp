#include "apps/plan_source.h"

#include <optional>

#include "apps/console.h"
#include "graph/check.h"
#include "graph/file.h"
#include "graph/format.h"
#include "graph/safetensors.h"

namespace zsq::apps {
namespace {

namespace fs = std::filesystem;

/// What kind of model the bytes are, if they are one.
std::optional<std::string> model_format(std::string_view bytes) {
  try {
    return std::string(name_of(detect_format(bytes, "")));
  } catch (const Error&) {
    return std::nullopt;
  }
}

bool is_plan(std::string_view bytes, const fs::path& path) {
  if (bytes.size() < 9 || bytes[8] != '{')
    return path.extension() == ".zsq" && !model_format(bytes);  // let load_plan say what is wrong with it
  try {
    const auto content = parse_safetensors(bytes, path.string());
    const auto format = content.metadata.find("format");
    return format != content.metadata.end() && format->second.starts_with("zsq");
  } catch (const Error&) {
    return path.extension() == ".zsq";
  }
}

}  // namespace

bool is_plan(const fs::path& path) { return is_plan(FileBytes(path).view(), path); }

runtime::PlanFile open_plan(const fs::path& path) {
  const FileBytes file(path);
  if (!is_plan(file.view(), path)) {
    const auto format = model_format(file.view());
    check(!format, Fault::model, path.string(), " is a model (", format.value_or(""),
          "), a plan was needed; make one with: zsq quantize ", shell_word(path.string()), " -o ",
          shell_word(path.stem().string() + ".zsq"));
  }
  return runtime::decode_plan(file.view(), path.string());
}

void check_no_plan(const fs::path& path) {
  check(!is_plan(path), Fault::model, path.string(),
        " is a plan, an integer program that zsq quantize made; the float model it was made from was needed");
}

}  // namespace zsq::apps
