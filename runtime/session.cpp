#include "runtime/session.h"

#include <array>
#include <ostream>

#include "graph/check.h"
#include "runtime/backends.h"

namespace zsq::runtime {
namespace {

constexpr std::array kFastestFirst{Device::cuda, Device::cpu, Device::reference};

}  // namespace

std::string_view name(Device device) {
  switch (device) {
    case Device::reference: return "reference";
    case Device::cpu: return "cpu";
    case Device::cuda: return "cuda";
  }
  return "?";
}

std::optional<Device> device_named(std::string_view text) {
  for (const Device device : kFastestFirst)
    if (name(device) == text) return device;
  return std::nullopt;
}

std::ostream& operator<<(std::ostream& out, Device device) { return out << name(device); }

DeviceState state_of(Device device, int device_index) {
  switch (device) {
    case Device::reference: return {true, "plain loops on one core"};
    case Device::cpu: return {true, cpu_paths().front()};
    case Device::cuda: return cuda_state(device_index);
  }
  fail(Fault::usage, "unknown device");
}

bool is_available(Device device) { return state_of(device).is_available; }

std::vector<Device> available_devices() {
  std::vector<Device> available;
  for (const Device device : kFastestFirst)
    if (is_available(device)) available.push_back(device);
  return available;
}

std::unique_ptr<Session> make_session(const Plan& plan, Device device, const SessionOptions& options) {
  validate(plan);
  const DeviceState state = state_of(device, options.device_index);
  check(state.is_available, Fault::device, "there is no ", name(device), " device here: ", state.text);
  check(options.threads >= 1, Fault::usage, "a session cannot have ", options.threads, " threads");
  switch (device) {
    case Device::reference: return make_reference_session(plan);
    case Device::cpu: return make_cpu_session(plan, options);
    case Device::cuda: return make_cuda_session(plan, options);
  }
  fail(Fault::usage, "unknown device");
}

std::int64_t images_in(const Plan& plan, std::span<const std::uint8_t> pixels,
                       std::span<const std::span<std::int32_t>> outputs) {
  const auto image = static_cast<std::size_t>(plan.image.size());
  const std::size_t images = pixels.size() / image;
  check(images >= 1 && images * image == pixels.size(), Fault::data, "a batch of ", pixels.size(),
        " pixel values is not a number of whole images of ", image);
  check(outputs.size() == plan.outputs.size(), Fault::data, "a plan of ", plan.outputs.size(),
        " outputs was given room for ", outputs.size());
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const auto values = static_cast<std::size_t>(plan[plan.outputs[i]].shape.size());
    check(outputs[i].size() / values == images && outputs[i].size() % values == 0, Fault::data, "a batch of ",
          images, " images needs room for ", values, " values each of output ", i, ", was given ",
          outputs[i].size(), " in all");
  }
  return static_cast<std::int64_t>(images);
}

}  // namespace zsq::runtime
