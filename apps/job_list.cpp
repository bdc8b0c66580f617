#include "apps/job_list.h"

#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "graph/check.h"
#include "graph/json_guard.h"

namespace zsq::apps {
namespace {

namespace fs = std::filesystem;
using json = nlohmann::json;

/// What every reader below needs: the value and how its sentences begin.
struct Reader {
  const std::string& who;

  void need(bool ok, const auto&... parts) const { check(ok, Fault::usage, who, ": ", parts...); }

  void known(const json& object, const std::string& place, const std::vector<std::string>& keys) const {
    for (const auto& [key, value] : object.items())
      need(std::find(keys.begin(), keys.end(), key) != keys.end(), place, " has no '", key, "'");
  }

  std::string text(const json& object, const std::string& place, const char* key) const {
    const auto at = object.find(key);
    need(at != object.end() && at->is_string() && !at->get<std::string>().empty(), place, " needs a string '",
         key, "'");
    return at->get<std::string>();
  }

  /// Each key as a long option; true stands for a flag.
  std::vector<std::string> options(const json& setting, const char* key) const {
    const auto at = setting.find(key);
    if (at == setting.end()) return {};
    need(at->is_object(), "'", key, "' of a setting is not an object of options");
    std::vector<std::string> words;
    for (const auto& [name, value] : at->items()) {
      need(value.is_string() || value.is_number() || value == true, "'", name, "' of a setting's '", key,
           "' must be a string, a number or true");
      words.push_back(
          "--" + name +
          (value.is_boolean() ? "" : "=" + (value.is_string() ? value.get<std::string>() : value.dump())));
    }
    return words;
  }
};

/// Words that become the name of a folder inside another.
bool is_plain(const std::string& name) {
  return name != "." && name != ".." && name.find('/') == std::string::npos &&
         name.find('\0') == std::string::npos;
}

JobStep step(const std::string& name, std::vector<std::string> words,
             const std::vector<std::string>& options) {
  words.insert(words.begin(), name);
  words.insert(words.end(), options.begin(), options.end());
  return {name, std::move(words)};
}

Job job_of(const std::string& model, const json& setting, const json& all, const Reader& read) {
  const std::string name = read.text(setting, "a setting", "name");
  read.need(is_plain(name), "the setting's name '", name, "' is no name of a folder");
  Job job{.name = fs::path(model).stem().string() + "/" + name, .folder = {}, .steps = {}};
  job.folder = fs::path(all.at("output").get<std::string>()) / job.name;
  const std::string images = (job.folder / "images").string(), plan = (job.folder / "plan.zsq").string();
  job.steps.push_back(
      step("synth", {model, "-o", images, "--resume", "--force"}, read.options(setting, "synth")));
  job.steps.push_back(step("quantize", {model, "--images", images, "-o", plan, "--force"},
                           read.options(setting, "quantize")));
  if (all.contains("data"))
    job.steps.push_back(
        step("eval", {plan, "--float", model, "--data", read.text(all, "the file", "data"), "--json"}, {}));
  return job;
}

}  // namespace

JobList parse_job_list(std::string_view text, const std::string& who) {
  const Reader read{who};
  JsonGuard guard(5, [&](const std::string& what) { read.need(false, what); });
  const auto all = json::parse(text, std::ref(guard), /*allow_exceptions=*/false);
  read.need(all.is_object(), "is not a JSON object; docs/cluster.md shows one");
  read.known(all, "a file of jobs", {"output", "models", "settings", "data", "retries"});
  read.text(all, "the file", "output");
  JobList list;
  if (const auto retries = all.find("retries"); retries != all.end()) {
    read.need(retries->is_number_integer() && *retries >= 0 && *retries <= 100,
              "'retries' must be from 0 to 100");
    list.retries = retries->get<int>();
  }
  for (const char* key : {"models", "settings"})
    read.need(all.contains(key) && all[key].is_array() && !all[key].empty(), "it needs a list '", key, "'");
  std::set<std::string> names;
  for (const json& model : all["models"]) {
    read.need(model.is_string() && !model.get<std::string>().empty(), "a model is not a name of a file");
    for (const json& setting : all["settings"]) {
      read.need(setting.is_object(), "a setting is not an object");
      read.known(setting, "a setting", {"name", "synth", "quantize"});
      list.jobs.push_back(job_of(model.get<std::string>(), setting, all, read));
      read.need(names.insert(list.jobs.back().name).second, "two jobs would be '", list.jobs.back().name,
                "'");
    }
  }
  return list;
}

}  // namespace zsq::apps
