// zsq doctor: what this machine has, and whether the program works on it.
#include <iostream>
#include <thread>

#include <nlohmann/json.hpp>
#include <opencv2/core/version.hpp>
#include <torch/version.h>
#include <unistd.h>

#include "apps/command.h"
#include "apps/console.h"
#include "apps/version.h"
#include "graph/check.h"
#include "graph/graph.h"
#include "quantize/quantize.h"
#include "runtime/compare.h"

namespace zsq::apps {
namespace {

using nlohmann::json;

json instruction_sets() {
  json sets = json::array();
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2")) sets.push_back("avx2");
  if (__builtin_cpu_supports("avx512f")) sets.push_back("avx512f");
  if (__builtin_cpu_supports("avx512bw")) sets.push_back("avx512bw");
  if (__builtin_cpu_supports("avx512vnni")) sets.push_back("avx512vnni");
#endif
  return sets;
}

/// Quantizes a network of three layers and compares every device with the reference on it.
std::int64_t self_test() {
  Graph g;
  const auto ramp = [](std::int64_t count) {
    std::vector<float> v(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < v.size(); ++i)
      v[i] = 0.1F * static_cast<float>(static_cast<int>(i * 37 % 19) - 9);
    return v;
  };
  const NodeId x = g.add("input", Input{{1, 3, 9, 9}});
  const NodeId conv =
      g.add("conv", Conv2d{{{8, 3, 3, 3}, ramp(216)}, ramp(8), {{3, 3}, {2, 2}, {}, {1, 1, 1, 1}}, 1}, {x});
  const NodeId relu = g.add("relu", Clamp{}, {conv});
  const NodeId depthwise =
      g.add("depthwise", Conv2d{{{8, 1, 3, 3}, ramp(72)}, {}, {{3, 3}, {}, {}, {1, 1, 1, 1}}, 8}, {relu});
  const NodeId add = g.add("add", Add{}, {depthwise, relu});
  const NodeId pool = g.add("pool", GlobalAvgPool{}, {add});
  g.add("linear", Linear{{{5, 8, 1, 1}, ramp(40)}, {}}, {pool});
  const Preprocessing pixels{.mean = {0.5, 0.5, 0.5}, .deviation = {0.5, 0.5, 0.5}};
  const auto images = torch::linspace(-1, 1, 4 * 3 * 81).reshape({4, 3, 9, 9});
  const auto plan = quantize::quantize(g, pixels, images, {}).file.plan;
  std::int64_t mismatches = 0;
  for (const auto& c :
       runtime::compare(plan, runtime::available_devices(), runtime::probe_images(plan.image, 8, 0)))
    mismatches += c.mismatches;
  return mismatches;
}

int run(const Arguments& arguments) {
  check(arguments.positional().empty(), Fault::usage, "doctor takes no arguments, '",
        arguments.positional().front(), "' was given");
  const double memory =
      static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGE_SIZE)) / 1e9;
  const std::int64_t mismatches = self_test();
  const runtime::DeviceState gpu = runtime::state_of(runtime::Device::cuda);
  const json facts{{"zsq", kVersion},
                   {"cores", std::thread::hardware_concurrency()},
                   {"memory_gb", memory},
                   {"instruction_sets", instruction_sets()},
                   {"cpu_paths", runtime::cpu_paths()},
                   {"libtorch", TORCH_VERSION},
                   {"opencv", CV_VERSION},
                   {"cuda", gpu.is_available},
                   {"gpu", gpu.text},
                   {"self_test_mismatches", mismatches}};
  if (arguments.flag("json")) {
    std::cout << text_of(facts);
  } else {
    std::string sets;
    for (const auto& s : facts["instruction_sets"]) sets += s.get<std::string>() + " ";
    std::string paths;
    for (const std::string& path : runtime::cpu_paths()) paths += path + " ";
    std::cout << named_values(
        {{"zsq", std::string(kVersion)},
         {"cores", std::to_string(std::thread::hardware_concurrency())},
         {"memory", fixed(memory, 1) + " GB"},
         {"instruction sets", sets.empty() ? "none that matter here" : sets},
         {"cpu paths", paths},
         {"GPU", gpu.is_available ? gpu.text : "none: " + gpu.text + "; cpu and reference work"},
         {"LibTorch", TORCH_VERSION},
         {"OpenCV", CV_VERSION},
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
