#include "apps/device_options.h"

#include <algorithm>
#include <cstdlib>
#include <thread>

#include "graph/check.h"

namespace zsq::apps {

std::vector<OptionSpec> batch_options() {
  return {{"threads", "N", "0", "0: one for each core; never changes a result"},
          {"batch", "N", "32", "images run at once; never changes a result"}};
}

OptionSpec cpu_path_option() {
  std::string here;
  for (const std::string& name : runtime::cpu_paths()) here += (here.empty() ? "" : ", ") + name;
  return {"cpu-path", "NAME", "",
          "how the cpu computes; here " + here +
              " (default: $ZSQ_CPU_PATH, else the first); never changes a result"};
}

std::vector<OptionSpec> device_options() {
  std::vector<OptionSpec> all = batch_options();
  all.insert(all.begin(), cpu_path_option());
  all.insert(all.begin(), {"device", "cpu|cuda|reference", "cpu",
                           "what runs the integer program, cuda:1 the second GPU; never changes a result"});
  return all;
}

namespace {

/// "cuda:1", taken apart.
struct DeviceText {
  std::string name;
  int index = 0;
};

DeviceText device_text(const Arguments& arguments) {
  const std::string text = arguments.text("device");
  if (!text.starts_with("cuda:")) return {text};
  constexpr std::size_t kName = 4;
  const auto index = to_integer("--device cuda:N, whose N", text.substr(kName + 1), 0, 1023);
  return {text.substr(0, kName), static_cast<int>(index)};
}

}  // namespace

runtime::Device device_from(const Arguments& arguments) {
  const std::string text = arguments.text("device");
  const DeviceText parts = device_text(arguments);
  const auto device = runtime::device_named(parts.name);
  check(device.has_value(), Fault::usage, "--device is '", text,
        "', it must be cpu, cuda, cuda:N or reference");
  const runtime::DeviceState state = runtime::state_of(*device, parts.index);
  check(state.is_available, Fault::device, "--device ", text, ": ", state.text,
        "; cpu and reference always work");
  return *device;
}

runtime::SessionOptions session_from(const Arguments& arguments) {
  std::string path = arguments.text("cpu-path");
  const char* set = std::getenv("ZSQ_CPU_PATH");
  if (path.empty() && set != nullptr) path = set;
  return {.threads = threads_from(arguments), .path = path, .device_index = device_text(arguments).index};
}

int threads_from(const Arguments& arguments) {
  const auto given = static_cast<int>(arguments.integer("threads", 0, 1024));
  return given > 0 ? given : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

std::int64_t batch_from(const Arguments& arguments) { return arguments.integer("batch", 1, 4096); }

}  // namespace zsq::apps
