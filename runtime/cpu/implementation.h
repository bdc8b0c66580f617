#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "runtime/batch.h"
#include "runtime/stage.h"

namespace zsq::runtime::cpu {

/// Work of a stage that one thread does at a time: rows, places or images of its output, counted through the
/// batch. No unit depends on another, so any partition of them gives the same result.
struct Units {
  std::int64_t begin, end;
};

/// Memory of one thread that stages use one after another.
struct Scratch {
  std::vector<std::int32_t> words;
  std::vector<const std::int8_t*> places;
  std::vector<std::int8_t> bytes;
};

/// At least `count` elements of a scratch vector; what they hold is of an earlier stage.
template <class T>
T* at_least(std::vector<T>& scratch, std::int64_t count) {
  if (std::ssize(scratch) < count) scratch.resize(static_cast<std::size_t>(count));
  return scratch.data();
}

/// A stage made ready: its constants packed for the loops that run it. Several threads may run it at once.
class StageKernel {
 public:
  virtual ~StageKernel() = default;
  virtual std::int64_t units(std::int64_t images) const = 0;
  virtual void run(const Batch& batch, Units units, Scratch& scratch) const = 0;
};

/// One way of computing steps: loops for an instruction set, or the reference. All give the same bits.
/// Whoever adds one writes it once in the list of implementations.cpp; the tests of all run it.
class Implementation {
 public:
  virtual ~Implementation() = default;

  /// What it is chosen by: "avx2".
  virtual std::string_view name() const = 0;

  /// How many of the plan's steps from `first` on it computes together, at most `most` (>= 1); 0 where it has
  /// nothing for the first. A slot that is written inside such a stage and read outside, or an output of the
  /// plan, must have its values in memory like any other.
  virtual std::size_t takes(const Plan& plan, std::size_t first, std::size_t most) const = 0;

  /// For a slot that the stage reads or writes, what a MemoryDemand says of it. Kernels take any stride that
  /// is a multiple of what they ask for: other stages may ask for more.
  virtual std::int64_t channel_multiple(const Plan& plan, Stage stage, SlotId slot) const;

  /// Bytes of constants that make() would pack, so that no plan can demand many times its own size.
  virtual std::int64_t packed_bytes(const Plan& plan, Stage stage) const;

  /// In what way it computes the stage, in a few words: "tiles". Empty where there is but one.
  virtual std::string way(const Plan& plan, Stage stage) const;

  /// Packs what the stage needs. `plan` outlives the kernel.
  virtual std::unique_ptr<StageKernel> make(const Plan& plan, Stage stage, const Layouts& layouts) const = 0;
};

/// All that this machine runs, best first, the reference last.
std::span<const Implementation* const> implementations();

/// Those from the one of that name on; all for the empty name. Throws Error (Fault::device) where the name is
/// unknown, or known and not for this machine.
std::span<const Implementation* const> implementations_from(std::string_view name);

}  // namespace zsq::runtime::cpu
