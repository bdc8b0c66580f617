#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <span>
#include <string_view>

#include "runtime/plan.h"

namespace zsq::runtime {

enum class Device { reference, cpu, cuda };

std::string_view name(Device device);
std::ostream& operator<<(std::ostream& out, Device device);

/// Whether this build and this machine can run on the device.
bool is_available(Device device);

/// Sees each activation of a batch right after it is written: [n][h][w][c].
using Observer = std::function<void(SlotId, std::span<const std::int8_t>)>;

/// A plan made ready on one device: constants packed and uploaded, memory laid out.
/// Not for two threads at once; make one session each.
class Session {
 public:
  virtual ~Session() = default;

  /// Runs one batch of n >= 1 images. pixels: [n][h][w][c] uint8; logits: [n][classes]. Throws Error
  /// (Fault::data) if the sizes do not fit, (Fault::device) if there is no memory for the batch.
  virtual void run(std::span<const std::uint8_t> pixels, std::span<std::int32_t> logits,
                   const Observer& observer = {}) = 0;
};

struct SessionOptions {
  int threads = 1;  // >= 1; never changes a result. Only the cpu device has more than one
};

/// Throws Error if the plan is not valid or the device is not available.
std::unique_ptr<Session> make_session(const Plan& plan, Device device, const SessionOptions& options = {});

}  // namespace zsq::runtime
