#pragma once

#include <memory>

#include "runtime/cuda/gpu.h"
#include "runtime/cuda/prepare.h"
#include "runtime/session.h"

namespace zsq::runtime::cuda {

/// A session whose input and output may stay on the GPU.
class ResidentSession : public Session {
 public:
  /// Where a batch of that many images lies on the GPU: pixels [n][h][w][c] uint8, and for each of the plan's
  /// outputs [n][h][w][c] int32. Valid until a larger batch is asked for.
  struct Buffers {
    Address pixels = 0;
    std::vector<Address> outputs;
  };
  virtual Buffers buffers(std::int64_t images) = 0;

  /// Runs the batch that lies in buffers(images); returns when the work has been handed to the GPU.
  virtual void run_resident(std::int64_t images) = 0;

  /// Of output i as the last batch of that many images left it on the GPU: for each place the channels of its
  /// k largest values, best first, of equal ones the lowest first; [n][h][w][k]. k = 1 is the argmax. Throws
  /// Error (Fault::usage) unless 1 <= k <= channels.
  virtual std::vector<std::int32_t> top(std::int64_t images, std::int64_t k, std::size_t i = 0) = 0;

  /// The launches of such a batch, for whoever counts or times them.
  virtual std::vector<Launch> launches(std::int64_t images) = 0;
};

/// The plan is valid.
std::unique_ptr<ResidentSession> make_session_on(std::shared_ptr<Gpu> gpu, const Plan& plan,
                                                 const Tuning& tuning = {});

/// The most images that run together: indices of values, in all kernels, are of 31 bits.
std::int64_t most_images(const Plan& plan);

}  // namespace zsq::runtime::cuda
