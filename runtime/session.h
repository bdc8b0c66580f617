#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "runtime/plan.h"

namespace zsq::runtime {

enum class Device { reference, cpu, cuda };

std::string_view name(Device device);
std::optional<Device> device_named(std::string_view name);
std::ostream& operator<<(std::ostream& out, Device device);

/// Whether this build and this machine can run on a device.
struct DeviceState {
  bool is_available = true;
  std::string text;  // which processor it is, or why there is none: half a sentence for people
};
DeviceState state_of(Device device, int device_index = 0);  // of several GPUs
bool is_available(Device device);

/// The devices that plans can run on here, fastest first, the reference last.
std::vector<Device> available_devices();

/// The values of a narrow or a wide slot for a batch: [n][h][w][c].
using TensorView = std::variant<std::span<const std::int8_t>, std::span<const std::int32_t>>;

/// Sees each slot of a batch right after it is written.
using Observer = std::function<void(SlotId, const TensorView&)>;

/// A plan made ready on one device: constants packed and uploaded, memory laid out.
/// Not for two threads at once; make one session each.
class Session {
 public:
  virtual ~Session() = default;

  /// Runs one batch of n >= 1 images. pixels: [n][h][w][c] uint8; outputs: one for each of the plan's, [n][h]
  /// [w][c] int32. Throws Error (Fault::data) if the sizes do not fit, (Fault::device) if there is no memory
  /// for the batch.
  virtual void run(std::span<const std::uint8_t> pixels, std::span<const std::span<std::int32_t>> outputs,
                   const Observer& observer = {}) = 0;

  /// The same for a plan of one output.
  void run(std::span<const std::uint8_t> pixels, std::span<std::int32_t> output,
           const Observer& observer = {}) {
    run(pixels, std::span<const std::span<std::int32_t>>(&output, 1), observer);
  }
};

/// The ways of computing that the cpu device has on this machine, best first, "reference" last.
std::vector<std::string> cpu_paths();

/// They never change a result.
struct SessionOptions {
  int threads = 1;  // >= 1, of the cpu
  // Of the cpu, one of cpu_paths(): then that one computes each step it can, and those behind it the others.
  // Empty: the best.
  std::string path = {};
  int device_index = 0;  // of several GPUs
};

/// Throws Error if the plan is not valid, or the device or the path is not available.
std::unique_ptr<Session> make_session(const Plan& plan, Device device, const SessionOptions& options = {});

}  // namespace zsq::runtime
