#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "runtime/session.h"

namespace zsq::runtime {

/// How long a plan takes, in seconds of wall time.
struct Timing {
  std::vector<double> batches;  // each round's, in the order of the rounds; nobody looked at the slots
  std::vector<double> steps;  // by step of the plan, the least of all rounds, in rounds of their own in which
                              // every slot is shown, so that no steps are computed together
};

/// Runs batches of `images` images of noise, `rounds` times (>= 1) after one that does not count.
/// keep_going: asked before every round; may throw.
Timing time_plan(const Plan& plan, Session& session, std::int64_t images, int rounds,
                 const std::function<void(int round)>& keep_going = {});

/// A stage of a session, computed as a whole, and the least of its seconds.
struct StageTime {
  std::size_t first_step = 0, steps = 1;
  double seconds = 0;
};

/// The stages of the cpu's session for a plan as nobody looks at it: what is fused is timed as one. Several
/// plans take turns, round after round, so that what slows the machine for a while slows all of them. Returns
/// one list for each plan.
std::vector<std::vector<StageTime>> time_stages(std::span<const Plan* const> plans,
                                                const SessionOptions& options, std::int64_t images,
                                                int rounds,
                                                const std::function<void(int round)>& keep_going = {});

/// What computes each step on the cpu: "avx2: tiles, 16-bit sums". Throws Error as make_session() does.
std::vector<std::string> computed_by(const Plan& plan, const SessionOptions& options);

/// Products of bytes that one thread of this machine can sum in a second with that path's instructions, from
/// registers alone: the fastest of a few rounds. 0 for a path without instructions of its own.
double product_peak(const std::string& path);

/// Products that a step sums for one image; 0 for those that multiply no weights.
std::int64_t multiplications(const Plan& plan, const Step& step);

}  // namespace zsq::runtime
