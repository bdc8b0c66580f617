// gpu_check [--compare|--rehearse]: for a machine with a GPU. Compares every tensor of many plans with the
// reference, then times plans shaped like well-known networks. One line a result on stderr, one JSON object
// on stdout.
// --rehearse: the interpreter in the GPU's place, small shapes, and no times.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <string>

#include <nlohmann/json.hpp>

#include "graph/check.h"
#include "runtime/compare.h"
#include "runtime/cuda/driver.h"
#include "runtime/cuda/session.h"
#include "tests/cuda/shapes.h"
#include "tests/ptx/interpreted_gpu.h"
#include "tests/runtime/random_plan.h"

namespace zsq::runtime {
namespace {

using nlohmann::json;

struct Machine {
  std::string name;
  std::shared_ptr<cuda::Gpu> gpu;
};

enum class Mode { full, compare, rehearse };

Machine machine(Mode mode) {
  if (mode == Mode::rehearse)
    return {"the interpreter", std::make_shared<ptx::InterpretedGpu>(cuda::modules())};
  auto gpu = cuda::open_gpu();
  return {cuda::driver_state().text, std::move(gpu)};
}

/// Values that differ from the reference's, over plans made at random by every way of convolving.
json equality(const Machine& m, Mode mode) {
  const std::uint64_t plans = mode == Mode::full ? 200 : 10;
  std::int64_t mismatches = 0, values = 0;
  for (std::string way : cuda::convolution_ways()) {
    for (std::uint64_t seed = 0; seed < plans; ++seed) {
      const Plan plan = random_plan(9000 + seed);
      const auto session = cuda::make_session_on(m.gpu, plan, {.convolution = way});
      Session* const sessions[]{session.get()};
      const std::int64_t images = seed % 3 == 0 ? 1 : seed % 3 == 1 ? 3 : 17;
      const Comparison found = compare(plan, sessions, random_pixels(plan, images, seed), images).front();
      mismatches += found.mismatches;
      values += found.values;
      if (found.first)
        std::fprintf(stderr, "plan %llu, %s: %s\n", static_cast<unsigned long long>(seed), way.c_str(),
                     describe(plan, *found.first).c_str());
    }
    std::fprintf(stderr, "convolutions by %s: compared\n", way.c_str());
  }
  return {{"values", values}, {"mismatches", mismatches}};
}

/// Seconds of a batch that lies on the GPU: the median and the least of some runs.
json timed(const Machine& m, cuda::ResidentSession& session, std::int64_t batch) {
  constexpr int kRuns = 30, kTogether = 10;
  session.run_resident(batch);
  m.gpu->synchronise();
  std::vector<double> seconds;
  for (int i = 0; i < kRuns; ++i) {
    const auto start = std::chrono::steady_clock::now();
    for (int j = 0; j < kTogether; ++j) session.run_resident(batch);
    m.gpu->synchronise();
    seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() /
                      kTogether);
  }
  std::ranges::sort(seconds);
  return {{"median_us", 1e6 * seconds[kRuns / 2]},
          {"least_us", 1e6 * seconds[0]},
          {"images_per_second", static_cast<double>(batch) / seconds[kRuns / 2]}};
}

json network(const Machine& m, Mode mode, const std::string& name) {
  const Plan plan = plan_shaped_like(name, mode == Mode::full ? 224 : 32);
  const auto session = cuda::make_session_on(m.gpu, plan);
  Session* const sessions[]{session.get()};
  const Comparison found = compare(plan, sessions, random_pixels(plan, 1, 1), 1).front();
  json result{{"network", name},
              {"mismatches", found.mismatches},
              {"launches", session->launches(1).size()},
              {"batches", json::array()}};
  for (const std::int64_t batch : {1, 8, 32, 256}) {
    if (mode != Mode::full) continue;
    json one = timed(m, *session, batch);
    one["batch"] = batch;
    std::fprintf(stderr, "%s, batch %lld: %.1f us, %.0f images/s\n", name.c_str(),
                 static_cast<long long>(batch), one["median_us"].get<double>(),
                 one["images_per_second"].get<double>());
    result["batches"].push_back(one);
  }
  return result;
}

int run(Mode mode) {
  const Machine m = machine(mode);
  std::fprintf(stderr, "on %s\n", m.name.c_str());
  json report{{"machine", m.name},
              {"rehearsal", mode == Mode::rehearse},
              {"random_plans", equality(m, mode)},
              {"networks", json::array()}};
  std::int64_t mismatches = report["random_plans"]["mismatches"];
  for (const char* name : {"resnet50", "mobilenet_v2"}) {
    report["networks"].push_back(network(m, mode, name));
    mismatches += report["networks"].back()["mismatches"].get<std::int64_t>();
  }
  std::printf("%s\n", report.dump(2).c_str());
  std::fprintf(stderr, mismatches == 0 ? "every value is the reference's\n" : "VALUES DIFFER\n");
  return mismatches == 0 ? 0 : static_cast<int>(Fault::verification);
}

}  // namespace
}  // namespace zsq::runtime

int main(int argc, char** argv) {
  try {
    using zsq::runtime::Mode;
    const std::string option = argc > 1 ? argv[1] : "";
    return zsq::runtime::run(option == "--rehearse"  ? Mode::rehearse
                             : option == "--compare" ? Mode::compare
                                                     : Mode::full);
  } catch (const zsq::Error& error) {
    std::fprintf(stderr, "gpu_check: %s\n", error.what());
    return static_cast<int>(error.fault());
  }
}
