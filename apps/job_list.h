#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace zsq::apps {

/// One call of this program.
struct JobStep {
  std::string name;                // synth, quantize, eval
  std::vector<std::string> words;  // of its command line
};

/// One model with one setting: what zsq jobs runs from its beginning to its end.
struct Job {
  std::string name;  // "resnet20/w4a4", thus its folder in the output
  std::filesystem::path folder;
  std::vector<JobStep> steps;  // in order
};

struct JobList {
  std::vector<Job> jobs;  // every model with every setting, settings first
  int retries = 1;        // of a step that failed, 0..100
};

/// Reads what docs/cluster.md describes: {"output", "models", "settings": [{"name", "synth", "quantize"}],
/// "data", "retries"}. The text is not trusted; throws Error (Fault::usage) that begins with `who`.
JobList parse_job_list(std::string_view text, const std::string& who);

}  // namespace zsq::apps
