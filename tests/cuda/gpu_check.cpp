// gpu_check [--compare|--rehearse]: for a machine with a GPU. Compares every tensor of many plans with the
// reference, then times plans shaped like well-known networks. One line a result on stderr, one JSON object
// on stdout.
// --rehearse: the interpreter in the GPU's place and small shapes; its times are the interpreter's and mean
// nothing.
#include <algorithm>
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

/// Seconds of a batch that lies on the GPU, by its own clock: the median and the least of some runs.
json timed(const Machine& m, Mode mode, cuda::ResidentSession& session, std::int64_t batch) {
  const int runs = mode == Mode::full ? 30 : 2, together = mode == Mode::full ? 10 : 1;
  session.run_resident(batch);
  m.gpu->synchronise();
  std::vector<double> seconds;
  for (int i = 0; i < runs; ++i)
    seconds.push_back(m.gpu->seconds_of([&] {
      for (int j = 0; j < together; ++j) session.run_resident(batch);
    }) / together);
  std::ranges::sort(seconds);
  const double median = seconds[static_cast<std::size_t>(runs) / 2];
  return {{"batch", batch},
          {"median_us", 1e6 * median},
          {"least_us", 1e6 * seconds[0]},
          {"images_per_second", static_cast<double>(batch) / median}};
}

/// All of them on a GPU; on the interpreter one, so that the way there is rehearsed.
std::vector<std::int64_t> batches_of(Mode mode) {
  switch (mode) {
    case Mode::full: return {1, 8, 32, 256};
    case Mode::compare: return {};
    case Mode::rehearse: return {1};
  }
  return {};
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
  for (const std::int64_t batch : batches_of(mode)) {
    const json one = timed(m, mode, *session, batch);
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
