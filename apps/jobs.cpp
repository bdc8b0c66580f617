// zsq jobs: many models with many settings, each synthesized, quantized and evaluated; what is done is
// skipped.
#include <csignal>
#include <iostream>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "apps/command.h"
#include "apps/console.h"
#include "apps/interrupt.h"
#include "apps/job_list.h"
#include "graph/check.h"
#include "graph/file.h"
#include "graph/sha256.h"
#include "graph/text_table.h"

namespace zsq::apps {
namespace {

namespace fs = std::filesystem;

/// What a step leaves when it has ended well: a change of its command line makes it not done.
fs::path stamp_of(const Job& job, const JobStep& step) { return job.folder / (step.name + ".done"); }

/// Of a step and of all before it, for each reads what the one before has made.
std::string stamp(const Job& job, std::size_t upto) {
  nlohmann::json words = nlohmann::json::array();
  for (std::size_t i = 0; i <= upto; ++i) words.push_back(job.steps[i].words);
  return sha256(words.dump());
}

bool is_done(const Job& job, std::size_t i) {
  const fs::path file = stamp_of(job, job.steps[i]);
  return fs::is_regular_file(file) && read_file(file) == stamp(job, i);
}

std::string state_of(const Job& job) {
  for (std::size_t i = 0; i < job.steps.size(); ++i)
    if (!is_done(job, i)) return i == 0 ? "to do" : "next: " + job.steps[i].name;
  return "done";
}

[[noreturn]] void become(const JobStep& step, const fs::path& out, const fs::path& log) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // what is left of a killed run must not write beside the next one
  const int err = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666);
  const int result = open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
  if (err < 0 || result < 0 || dup2(result, STDOUT_FILENO) < 0 || dup2(err, STDERR_FILENO) < 0) _exit(125);
  std::vector<char*> argv{const_cast<char*>("zsq")};
  for (const std::string& word : step.words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  execv("/proc/self/exe", argv.data());
  _exit(127);
}

/// The exit code of this program with those words; 128 and the signal that ended it.
int run_step(const Job& job, const JobStep& step) {
  const fs::path out = job.folder / (step.name + ".out"), log = job.folder / "log.txt";
  const pid_t child = fork();
  check(child >= 0, Fault::device, "no process can be started");
  if (child == 0) become(step, out, log);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// Empty, or what failed. Images of other options are begun again.
std::string run_job(const Job& job, int retries, Status& status) {
  std::error_code error;
  fs::create_directories(job.folder, error);
  check(fs::is_directory(job.folder), Fault::data, job.folder.string(), ": cannot be made a folder");
  const fs::path begun = job.folder / "synth.begun";
  if (!fs::is_regular_file(begun) || read_file(begun) != stamp(job, 0))
    fs::remove_all(job.folder / "images", error);
  write_file_atomically(begun, stamp(job, 0));
  for (std::size_t i = 0; i < job.steps.size(); ++i) {
    if (is_done(job, i)) continue;
    int code = -1;
    for (int attempt = 0; attempt <= retries && code != 0; ++attempt) {
      status.say(job.name + ": " + job.steps[i].name + (attempt > 0 ? ", again" : ""));
      code = run_step(job, job.steps[i]);
      stop_if_interrupted();
    }
    if (code != 0) return job.steps[i].name + " failed (" + std::to_string(code) + "), see log.txt";
    write_file_atomically(stamp_of(job, job.steps[i]), stamp(job, i));
  }
  return "";
}

/// Agreement and accuracy of a job that was evaluated.
std::vector<std::string> figures_of(const Job& job) {
  const fs::path out = job.folder / "eval.out";
  if (job.steps.back().name != "eval" || state_of(job) != "done") return {"", ""};
  const auto facts = nlohmann::json::parse(read_file(out), nullptr, /*allow_exceptions=*/false);
  const auto figure = [&](const char* key) {
    return facts.is_object() && facts.contains(key) && facts[key].is_number()
               ? fixed(facts[key].get<double>(), 2)
               : "";
  };
  return {figure("top1"), figure("agreement")};
}

/// "2/8": every eighth job, from the third on.
std::pair<std::int64_t, std::int64_t> part_from(const Arguments& arguments) {
  const std::string text = arguments.text("only");
  if (text.empty()) return {0, 1};
  const auto slash = text.find('/');
  check(slash != std::string::npos, Fault::usage, "--only is '", text, "', it must be I/N, such as 0/4");
  const auto of = to_integer("--only", text.substr(slash + 1), 1, 1000000);
  return {to_integer("--only", text.substr(0, slash), 0, of - 1), of};
}

int run(const Arguments& arguments) {
  const std::string path = arguments.only("FILE");
  const JobList list = parse_job_list(read_file(path, Fault::usage), path);
  const auto [index, of] = part_from(arguments);
  Status status(arguments.flag("quiet"));
  std::vector<std::vector<std::string>> rows{{"job", "state", "top-1 %", "agreement %"}};
  auto facts = nlohmann::json::array();
  int failed = 0;
  for (std::size_t i = 0; i < list.jobs.size(); ++i) {
    const Job& job = list.jobs[i];
    const bool ours = !arguments.flag("status") && static_cast<std::int64_t>(i) % of == index;
    const std::string failure = ours ? run_job(job, list.retries, status) : "";
    failed += failure.empty() ? 0 : 1;
    const std::string state = failure.empty() ? state_of(job) : failure;
    const auto figures = figures_of(job);
    rows.push_back({job.name, state, figures[0], figures[1]});
    facts.push_back({{"job", job.name}, {"state", state}, {"folder", job.folder.string()}});
  }
  status.result(arguments.flag("json") ? text_of({{"jobs", facts}, {"failed", failed}}) : text_table(rows));
  check(failed == 0, Fault::target, failed, " of ", list.jobs.size(),
        " jobs failed; run it again when mended");
  return 0;
}

}  // namespace

Command jobs_command() {
  return {{"jobs",
           "FILE",
           "many models with many settings: synth, quantize, eval; what is done is skipped",
           "zsq jobs nightly.json",
           {{"only", "I/N", "", "every N-th job, from the I-th (from 0) on: a task of an array of jobs"},
            {"status", "", "", "how far they are, and nothing else"},
            {"json", "", "", "one JSON object on stdout, nothing else there"},
            {"quiet", "", "", "no progress on stderr"}}},
          run};
}

}  // namespace zsq::apps
