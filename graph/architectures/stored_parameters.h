#pragma once

#include <set>

#include "graph/architectures/named_parameters.h"
#include "graph/checkpoint.h"

namespace zsq {

/// Those of a state dict. Remembers what was missing, so that one sentence can say everything. What does not
/// match is replaced by zeros of the right shape until finish() throws.
class StoredParameters : public NamedParameters {
 public:
  StoredParameters(const StateDict& state, std::string who, std::string architecture);

  bool has(const std::string& name) const override { return state_.contains(name); }
  std::int64_t outputs(const std::string& weight, std::int64_t usual) const override;

  /// Throws Error (Fault::model) unless every parameter was there with its shape, was finite, and was asked
  /// for (counters of batches, and what `belongs_elsewhere` begins, aside). Says what is missing, the
  /// likeliest other spelling, and what is left over.
  void finish(const std::string& belongs_elsewhere = "") const;

 private:
  std::vector<float> take(const std::string& name, const std::vector<std::int64_t>& dims) override;
  bool is_matrix(const std::string& name) const override;
  void leave_out(const std::string& name) override { used_.insert(name); }

  std::vector<float> placeholder(const std::string& name, std::int64_t count);

  const StateDict& state_;
  std::string who_, architecture_;
  std::set<std::string> used_;
  std::vector<std::string> missing_;
  std::int64_t placeholders_ = 0;  // values made up for what is missing or misfits
  std::string misfit_;             // the first parameter of another shape, and how
};

}  // namespace zsq
