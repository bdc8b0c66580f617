#pragma once

#include <optional>
#include <string>

#include "runtime/session.h"

namespace zsq::runtime {

/// The first value, in the order of images of a batch, steps and memory, that is not what the reference has.
struct Difference {
  std::size_t step = 0;  // index of the step that made it
  SlotId slot{};
  std::optional<std::size_t> output;  // of the plan, where the value is wrong as it is handed out
  std::int64_t image = 0, channel = 0, row = 0, column = 0;
  std::int32_t got = 0, wanted = 0;
  bool operator==(const Difference&) const = default;
};

/// What comparing one device with the reference found.
struct Comparison {
  Device device = Device::cpu;
  std::int64_t tensors = 0;     // slots of the plan
  std::int64_t images = 0;      // each of which made all of them
  std::int64_t values = 0;      // compared, in all tensors of all images
  std::int64_t mismatches = 0;  // values that differ
  std::optional<Difference> first;
};

struct CompareOptions {
  SessionOptions session;
  std::int64_t batch = 8;  // images compared at once: memory holds all their activations
};

/// Runs the plan on each device and compares every value of every tensor with the reference. pixels: one or
/// more images, [n][h][w][c]. Throws Error as make_session and Session::run do.
std::vector<Comparison> compare(const Plan& plan, std::span<const Device> devices,
                                std::span<const std::uint8_t> pixels, const CompareOptions& options = {});

/// The same for sessions of that plan that exist already; the devices in what it returns are not filled in.
std::vector<Comparison> compare(const Plan& plan, std::span<Session* const> sessions,
                                std::span<const std::uint8_t> pixels, std::int64_t batch);

/// Images for compare() that need no data: darkest, brightest, a checkerboard of both, and then noise. The
/// same seed gives the same images everywhere.
std::vector<std::uint8_t> probe_images(const Shape& image, std::int64_t count, std::uint64_t seed);

/// "step 3 (conv2d), image 0, channel 5, row 2, column 1: got -7, the reference has -8".
std::string describe(const Plan& plan, const Difference& difference);

}  // namespace zsq::runtime
