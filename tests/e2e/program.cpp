#include "tests/e2e/program.h"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <thread>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/e2e/terminal.h"

namespace zsq::e2e {
namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void redirect(const fs::path& file, int descriptor) {
  const int fd = open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (fd < 0 || dup2(fd, descriptor) < 0) _exit(125);
  close(fd);
}

[[noreturn]] void become(const std::vector<std::string>& words, const Surroundings& surroundings,
                         const fs::path& out, const fs::path& err, const Terminal* terminal) {
  redirect("/dev/null", STDIN_FILENO);
  if (terminal != nullptr) {
    dup2(terminal->program_side(), STDOUT_FILENO);
    dup2(terminal->program_side(), STDERR_FILENO);
  } else {
    redirect(out, STDOUT_FILENO);
    redirect(err, STDERR_FILENO);
  }
  if (chdir(surroundings.folder.c_str()) != 0) _exit(125);
  if (surroundings.largest_file > 0) {
    const rlimit limit{surroundings.largest_file, surroundings.largest_file};
    std::signal(SIGXFSZ, SIG_IGN);  // so that write() fails, as it does on a full disk
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  const char* set = std::getenv("ZSQ_BINARY");
  const std::string binary =
      surroundings.binary.empty() && set != nullptr ? set : surroundings.binary.string();
  if (binary.empty()) _exit(126);
  for (const std::string& variable : surroundings.variables) putenv(const_cast<char*>(variable.c_str()));
  std::vector<char*> argv{const_cast<char*>(binary.c_str())};
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  execv(binary.c_str(), argv.data());
  _exit(127);
}

Ended wait_for(pid_t child, const Surroundings& surroundings, const fs::path& err, Terminal* terminal) {
  using namespace std::chrono;
  const auto deadline = steady_clock::now() + seconds(surroundings.seconds);
  bool interrupted = false;
  int status = 0;
  while (waitpid(child, &status, WNOHANG) == 0) {
    if (surroundings.interrupt && !interrupted && fs::exists(err) && fs::file_size(err) > 0) {
      kill(child, SIGINT);
      interrupted = true;
    }
    if (steady_clock::now() > deadline || (surroundings.killed && surroundings.killed()))
      kill(child, SIGKILL);
    if (terminal != nullptr) terminal->drain();
    std::this_thread::sleep_for(milliseconds(5));
  }
  Ended ended;
  if (WIFEXITED(status)) ended.code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) ended.signal = WTERMSIG(status);
  return ended;
}

}  // namespace

Ended run_zsq(const std::vector<std::string>& words, const Surroundings& surroundings) {
  static int calls = 0;
  const std::string stem = "zsq_e2e_" + std::to_string(getpid()) + "_" + std::to_string(++calls);
  const fs::path out = fs::temp_directory_path() / (stem + ".out"),
                 err = fs::temp_directory_path() / (stem + ".err");
  const auto terminal = surroundings.columns > 0 ? std::make_unique<Terminal>(surroundings.columns) : nullptr;
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child == 0)
    become(words, surroundings, surroundings.out.empty() ? out : surroundings.out, err, terminal.get());
  Ended ended = wait_for(child, surroundings, err, terminal.get());
  if (terminal) terminal->drain();
  ended.out = terminal ? terminal->written() : content(out);
  ended.err = content(err);
  fs::remove(out);
  fs::remove(err);
  return ended;
}

}  // namespace zsq::e2e
