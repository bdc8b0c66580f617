#include "apps/device_options.h"

#include "graph/check.h"

namespace zsq::apps {

std::vector<OptionSpec> batch_options() {
  return {{"threads", "N", "0", "0: one for each core; never changes a result"},
          {"batch", "N", "32", "images run at once; never changes a result"}};
}

std::vector<OptionSpec> device_options() {
  std::vector<OptionSpec> all = batch_options();
  all.insert(all.begin(), {"device", "cpu|cuda|reference", "cpu",
                           "what runs the integer program; never changes a result"});
  return all;
}

runtime::Device device_from(const Arguments& arguments) {
  const std::string text = arguments.text("device");
  for (const runtime::Device d : {runtime::Device::cpu, runtime::Device::cuda, runtime::Device::reference}) {
    if (text != runtime::name(d)) continue;
    check(runtime::is_available(d), Fault::device, "--device ", text,
          ": there is none here; cpu and reference always are");
    return d;
  }
  fail(Fault::usage, "--device is '", text, "', it must be cpu, cuda or reference");
}

std::int64_t batch_from(const Arguments& arguments) { return arguments.integer("batch", 1, 4096); }

}  // namespace zsq::apps
