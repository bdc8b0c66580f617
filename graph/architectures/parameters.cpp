#include "graph/architectures/parameters.h"

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

Parameters::Parameters(const StateDict& state, std::string who, std::string architecture)
    : state_(state), who_(std::move(who)), architecture_(std::move(architecture)) {}

std::vector<float> Parameters::take(const std::string& name, const std::vector<std::int64_t>& dims) {
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
std::vector<float> Parameters::placeholder(const std::string& name, std::int64_t count) {
  placeholders_ += count;
  check(placeholders_ <= kMaxPlaceholders, Fault::model, who_, " looks like ", architecture_,
        " but does not match it, and holds far too little for it: '", name, "' alone would need ", count,
        " values; save the model with torch.jit.trace, which needs no built-in architecture");
  return std::vector<float>(static_cast<std::size_t>(count));
}

std::vector<float> Parameters::vector(const std::string& name, std::int64_t count) {
  return take(name, {count});
}

Array Parameters::array(const std::string& name, const Shape& shape) {
  const auto found = state_.find(name);
  const bool matrix = found != state_.end() && found->second.dims.size() == 2 && shape.h == 1 && shape.w == 1;
  return {shape, matrix ? take(name, {shape.n, shape.c}) : take(name, {shape.n, shape.c, shape.h, shape.w})};
}

BatchNorm2d Parameters::batch_norm(const std::string& module, std::int64_t channels) {
  used_.insert(module + ".num_batches_tracked");
  return {vector(module + ".weight", channels), vector(module + ".bias", channels),
          vector(module + ".running_mean", channels), vector(module + ".running_var", channels)};
}

void Parameters::finish() const {
  std::vector<std::string> left;
  for (const auto& [name, tensor] : state_)
    if (!used_.contains(name)) left.push_back(name);
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
