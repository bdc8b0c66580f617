#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <ATen/core/ivalue.h>

namespace zsq::torchscript {

/// What one run of a program from outside may take. Everything is counted and nothing timed, so that a model
/// is refused on every machine or on none; only memory is the machine's own. Each function throws Error:
/// Fault::unsupported for a program that goes on and on or makes lists that grow and grow, Fault::device for
/// more tensors than there is memory.
class Budget {
 public:
  using Values = std::vector<c10::IValue>;

  /// Most of the machine's memory.
  Budget();

  /// Of tensors, all that are made together.
  explicit Budget(std::uint64_t bytes) : most_bytes_(bytes) {}

  /// A node is executed, or a loop begins anew.
  void step() { spend(1); }

  /// An operator is about to run, given as "aten::mul": refuses what would make a list out of all proportion.
  void before(std::string_view op, const Values& arguments);

  /// It has run: its lists and texts are counted, and its new tensors, all of which are kept until the run
  /// ends.
  void after(const Values& arguments, const Values& results);

  /// Values that no operator has made.
  void weigh(const Values& values);

  /// How large the next tensor may be.
  std::uint64_t bytes_left() const { return most_bytes_ - bytes_; }

 private:
  void spend(std::int64_t steps);
  void keep(const Values& arguments, const Values& results);

  std::int64_t steps_ = 0, tensor_calls_ = 0;
  std::uint64_t most_bytes_, bytes_ = 0;  // of tensors
};

}  // namespace zsq::torchscript
