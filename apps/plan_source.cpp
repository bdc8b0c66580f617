#include "apps/plan_source.h"

#include "graph/check.h"
#include "graph/file.h"
#include "graph/safetensors.h"

namespace zsq::apps {

bool is_plan(const std::filesystem::path& path) {
  const std::string bytes = read_file(path, Fault::model);
  if (bytes.size() < 9 || bytes[8] != '{')
    return path.extension() == ".zsq";  // let load_plan say what is wrong with it
  try {
    const auto content = parse_safetensors(bytes, path.string());
    const auto format = content.metadata.find("format");
    return format != content.metadata.end() && format->second.starts_with("zsq");
  } catch (const Error&) {
    return path.extension() == ".zsq";
  }
}

}  // namespace zsq::apps
