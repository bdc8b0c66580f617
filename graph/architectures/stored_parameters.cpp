#include "graph/architectures/stored_parameters.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <sstream>
#include <utility>

#include "graph/check.h"
#include "graph/limits.h"

namespace zsq {
namespace {

constexpr std::int64_t kMaxPlaceholders = std::int64_t{1} << 25;
constexpr std::int64_t kMaxOutputs = std::int64_t{1} << 20;  // a builder multiplies them
constexpr std::size_t kMaxCompared = 1000;  // names that a missing one may have been meant by

/// Levenshtein's: how many letters must be put in, taken out or changed.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  constexpr std::size_t kEnough = 200;  // names come from untrusted files
  a = a.substr(0, kEnough);
  b = b.substr(0, kEnough);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t change = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = std::exchange(row[j + 1], std::min({change, row[j] + 1, row[j + 1] + 1}));
    }
  }
  return row.back();
}

std::string listed(const std::vector<std::int64_t>& dims) {
  std::ostringstream out;
  for (std::size_t i = 0; i < dims.size(); ++i) out << (i == 0 ? "" : "x") << dims[i];
  return out.str();
}

std::string quoted(const std::vector<std::string>& names) {
  std::ostringstream out;
  out << '\'' << names[0] << '\'';
  if (names.size() > 1) out << " and " << names.size() - 1 << " more";
  return out.str();
}

}  // namespace

StoredParameters::StoredParameters(const StateDict& state, std::string who, std::string architecture)
    : state_(state), who_(std::move(who)), architecture_(std::move(architecture)) {}

std::vector<float> StoredParameters::take(const std::string& name, const std::vector<std::int64_t>& dims) {
  for (const std::int64_t extent : dims)  // a file may claim any where one is 0, and the product overflows
    check(extent <= kMaxExtent, Fault::model, who_, ": '", name, "' would have an extent of ", extent,
          ", at most ", kMaxExtent, " was needed; the file may be damaged, fetch or save it again");
  const auto count = std::accumulate(dims.begin(), dims.end(), std::int64_t{1}, std::multiplies<>());
  const auto found = state_.find(name);
  used_.insert(name);
  if (found == state_.end()) {
    missing_.push_back(name);
    return placeholder(name, count);
  }
  if (found->second.dims != dims) {
    if (misfit_.empty())
      misfit_ = '\'' + name + "' is " + listed(found->second.dims) + ", not " + listed(dims);
    return placeholder(name, count);
  }
  for (const float v : found->second.values)
    check(std::isfinite(v), Fault::model, name, " holds ", v,
          "; finite weights were needed, so train or save the model again");
  return found->second.values;
}

/// Goes on to find everything that does not fit, but not for more memory than such networks take.
std::vector<float> StoredParameters::placeholder(const std::string& name, std::int64_t count) {
  placeholders_ += count;
  check(placeholders_ <= kMaxPlaceholders, Fault::model, who_, " looks like ", architecture_,
        " but does not match it, and holds far too little for it: '", name, "' alone would need ", count,
        " values; save the model with torch.jit.trace, which needs no built-in architecture");
  return std::vector<float>(static_cast<std::size_t>(count));
}

bool StoredParameters::is_matrix(const std::string& name) const {
  const auto found = state_.find(name);
  return found != state_.end() && found->second.dims.size() == 2;
}

std::int64_t StoredParameters::outputs(const std::string& weight, std::int64_t usual) const {
  const auto found = state_.find(weight);
  if (found == state_.end() || found->second.dims.empty()) return usual;
  const std::int64_t count = found->second.dims[0];
  check(count >= 1 && count <= kMaxOutputs, Fault::model, who_, ": '", weight, "' has ", count,
        " outputs, 1 to ", kMaxOutputs, " were needed; the file may be damaged, fetch or save it again");
  return count;
}

void StoredParameters::finish(const std::string& belongs_elsewhere) const {
  std::vector<std::string> left;
  for (const auto& [name, tensor] : state_)
    if (!used_.contains(name) && (belongs_elsewhere.empty() || !name.starts_with(belongs_elsewhere)))
      left.push_back(name);
  if (missing_.empty() && left.empty() && misfit_.empty()) return;
  std::ostringstream report;
  report << who_ << " looks like " << architecture_ << " but does not match it: ";
  const char* join = "";
  if (!missing_.empty()) {
    report << quoted(missing_) << (missing_.size() > 1 ? " are" : " is") << " missing";
    const std::span<const std::string> some(left.data(), std::min(left.size(), kMaxCompared));
    const auto near = std::ranges::min_element(
        some, {}, [&](const std::string& name) { return edit_distance(name, missing_[0]); });
    if (near != some.end()) report << " (did you mean '" << *near << "'?)";
    join = ", ";
  }
  if (!misfit_.empty()) report << std::exchange(join, ", ") << misfit_;
  if (!left.empty())
    report << join << quoted(left) << (left.size() > 1 ? " belong" : " belongs") << " to no layer";
  fail(Fault::model, report.str(),
       "; save the model with torch.jit.trace, which needs no built-in architecture");
}

}  // namespace zsq
