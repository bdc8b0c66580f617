#include "runtime/session.h"

#include <new>
#include <ostream>
#include <stdexcept>

#include "graph/check.h"
#include "runtime/backends.h"

namespace zsq::runtime {

std::string_view name(Device device) {
  switch (device) {
    case Device::reference: return "reference";
    case Device::cpu: return "cpu";
    case Device::cuda: return "cuda";
  }
  return "?";
}

std::ostream& operator<<(std::ostream& out, Device device) { return out << name(device); }

bool is_available(Device device) { return device != Device::cuda || cuda_is_available(); }

std::unique_ptr<Session> make_session(const Plan& plan, Device device, const SessionOptions& options) {
  validate(plan);
  check(is_available(device), Fault::device, "no ", name(device), " device is available");
  check(options.threads >= 1, Fault::usage, "a session cannot have ", options.threads, " threads");
  switch (device) {
    case Device::reference: return make_reference_session(plan);
    case Device::cpu: return make_cpu_session(plan, options.threads);
    case Device::cuda: return make_cuda_session(plan);
  }
  fail(Fault::usage, "unknown device");
}

std::int64_t images_in(const Plan& plan, std::span<const std::uint8_t> pixels,
                       std::span<std::int32_t> logits) {
  const auto image = static_cast<std::size_t>(plan.image.size());
  const std::size_t images = pixels.size() / image;
  check(images >= 1 && images * image == pixels.size(), Fault::data, "a batch of ", pixels.size(),
        " pixel values is not a number of whole images of ", image);
  check(logits.size() / static_cast<std::size_t>(plan.classes) == images &&
            logits.size() % static_cast<std::size_t>(plan.classes) == 0,
        Fault::data, "a batch of ", images, " images needs room for ", plan.classes,
        " logits each, was given ", logits.size(), " in all");
  return static_cast<std::int64_t>(images);
}

std::vector<std::int8_t> allocate_activations(std::int64_t images, std::int64_t per_image) {
  const auto refuse = [&] {
    fail(Fault::device, "there is no memory for the activations of ", images, " images of ", per_image,
         " bytes each; try a smaller batch");
  };
  constexpr std::int64_t kAddressable = std::int64_t{1} << 46;  // also keeps the product from overflowing
  if (images > kAddressable / per_image) refuse();
  try {
    return std::vector<std::int8_t>(static_cast<std::size_t>(images * per_image));
  } catch (const std::bad_alloc&) {
    refuse();
  } catch (const std::length_error&) {
    refuse();
  }
  return {};
}

}  // namespace zsq::runtime
