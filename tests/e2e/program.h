#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace zsq::e2e {

/// How one call of the program ended.
struct Ended {
  int code = -1;   // its exit code
  int signal = 0;  // that ended it instead; SIGKILL where it took too long
  std::string out, err;
};

struct Surroundings {
  std::filesystem::path folder;             // it runs here
  std::uint64_t largest_file = 0;           // bytes it may write to a file; 0: any
  bool interrupt = false;                   // Ctrl-C once it has said something on stderr
  int seconds = 120;                        // before it is killed
  std::function<bool()> killed = {};        // asked every few milliseconds; true: SIGKILL now
  std::filesystem::path out = {};           // where stdout goes instead
  std::filesystem::path binary = {};        // instead of $ZSQ_BINARY
  std::vector<std::string> variables = {};  // NAME=VALUE each, of its environment beside ours
  int columns = 0;  // stderr, and stdout with it, is a terminal of that width; 0: it is none
};

/// Runs $ZSQ_BINARY, or what `surroundings` names instead.
Ended run_zsq(const std::vector<std::string>& words, const Surroundings& surroundings);

}  // namespace zsq::e2e
