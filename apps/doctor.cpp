// zsq doctor: what this machine has, and whether the program works on it.
#include <iostream>
#include <optional>
#include <thread>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include "apps/command.h"
#include "apps/console.h"
#include "apps/self_test.h"
#include "apps/torch_library.h"
#include "apps/version.h"
#include "graph/check.h"
#include "runtime/session.h"

namespace zsq::apps {
namespace {

using nlohmann::json;

json instruction_sets() {
  json sets = json::array();
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2")) sets.push_back("avx2");
  if (__builtin_cpu_supports("avxvnni")) sets.push_back("avxvnni");
  if (__builtin_cpu_supports("avx512f")) sets.push_back("avx512f");
  if (__builtin_cpu_supports("avx512bw")) sets.push_back("avx512bw");
  if (__builtin_cpu_supports("avx512vnni")) sets.push_back("avx512vnni");
#endif
  return sets;
}

std::string in_one_line(const json& words) {
  std::string line;
  for (const json& word : words) line += (line.empty() ? "" : " ") + word.get<std::string>();
  return line;
}

/// What the library that needs LibTorch says of itself, or why it cannot be opened.
struct Quantizer {
  std::optional<TorchFacts> facts;
  std::string why_not;
};

Quantizer quantizer() {
  try {
    return {torch_facts(), ""};
  } catch (const Error& e) {
    return {std::nullopt, e.what()};
  }
}

int run(const Arguments& arguments) {
  if (!arguments.positional().empty())
    fail(Fault::usage, "doctor takes no arguments, '", arguments.positional().front(), "' was given");
  const double memory =
      static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGE_SIZE)) / 1e9;
  const Quantizer torch = quantizer();
  const json sets = instruction_sets();
  const std::int64_t mismatches = self_test() + (torch.facts ? torch.facts->mismatches : 0);
  const runtime::DeviceState gpu = runtime::state_of(runtime::Device::cuda);
  const json facts{{"zsq", kVersion},
                   {"cores", std::thread::hardware_concurrency()},
                   {"memory_gb", memory},
                   {"instruction_sets", sets},
                   {"cpu_paths", runtime::cpu_paths()},
                   {"libtorch", torch.facts ? json(torch.facts->libtorch) : json()},
                   {"opencv", torch.facts ? json(torch.facts->opencv) : json()},
                   {"cuda", gpu.is_available},
                   {"gpu", gpu.text},
                   {"self_test_mismatches", mismatches}};
  if (arguments.flag("json")) {
    std::cout << text_of(facts);
  } else {
    std::cout << named_values(
        {{"zsq", std::string(kVersion)},
         {"cores", std::to_string(std::thread::hardware_concurrency())},
         {"memory", fixed(memory, 1) + " GB"},
         {"instruction sets", sets.empty() ? "none that matter here" : in_one_line(sets)},
         {"cpu paths", in_one_line(facts["cpu_paths"])},
         {"GPU", gpu.is_available ? gpu.text : "none: " + gpu.text + "; cpu and reference work"},
         {"LibTorch", torch.facts ? torch.facts->libtorch : "none: " + torch.why_not},
         {"OpenCV", torch.facts ? torch.facts->opencv : "not known without LibTorch"},
         {"self-test", mismatches == 0 ? "passed: cpu = reference on every tensor" : "FAILED"}});
  }
  return mismatches == 0 ? 0 : static_cast<int>(Fault::verification);
}

}  // namespace

Command doctor_command() {
  return {{"doctor",
           "",
           "what this machine has, and a self-test",
           "zsq doctor",
           {{"json", "", "", "one JSON object on stdout, nothing else there"}}},
          run};
}

}  // namespace zsq::apps
