#include "runtime/file/check_metadata.h"

#include <cmath>

#include "graph/check.h"
#include "graph/limits.h"

namespace zsq::runtime {
namespace {

class Checker {
 public:
  Checker(const PlanFile& file, const std::string& who) : plan_(file.plan), m_(file.metadata), who_(who) {}

  void run() const {
    need(m_.tensors.size() == plan_.slots.size() && m_.steps.size() == plan_.steps.size(),
         "the metadata describes ", m_.tensors.size(), " tensors and ", m_.steps.size(),
         " steps, the plan has ", plan_.slots.size(), " and ", plan_.steps.size());
    for (const TensorInfo& t : m_.tensors)
      need(std::isfinite(t.scale) && t.scale > 0, "tensor '", t.name, "' has the scale ", t.scale);
    if (!m_.labels.empty()) labels();
    for (const auto* values : {&m_.preprocessing.mean, &m_.preprocessing.deviation})
      for (const double v : *values) need(std::isfinite(v), "has the mean or deviation ", v);
    if (m_.preprocessing.resize) resize(*m_.preprocessing.resize);
    if (m_.preprocessing.crop) crop(*m_.preprocessing.crop);
  }

 private:
  void need(bool ok, const auto&... parts) const { check(ok, Fault::model, who_, ": ", parts...); }

  void labels() const {
    const auto count = classes(plan_);
    need(count.has_value(), "has ", m_.labels.size(), " labels, and its plan is not a classifier's");
    need(std::ssize(m_.labels) == *count, "has ", m_.labels.size(), " labels for ", *count, " classes");
  }

  static bool is_side(int extent) { return 1 <= extent && extent <= kMaxSide; }

  void resize(const Preprocessing::Resize& r) const {
    const bool exact = is_side(r.height) && is_side(r.width) && r.shorter_side == 0;
    need(exact || (is_side(r.shorter_side) && r.height == 0 && r.width == 0), "resizes images to ", r.height,
         'x', r.width, " or their shorter side to ", r.shorter_side, ", needs one of the two, from 1 to ",
         kMaxSide);
  }

  void crop(const Preprocessing::Crop& c) const {
    need(is_side(c.height) && is_side(c.width), "crops ", c.height, 'x', c.width, " of an image, needs 1 to ",
         kMaxSide);
    for (const int at : {c.row.value_or(0), c.column.value_or(0)})
      need(0 <= at && at <= kMaxSide, "crops an image from ", at, " on, needs 0 to ", kMaxSide);
  }

  const Plan& plan_;
  const Metadata& m_;
  const std::string& who_;
};

}  // namespace

void check_metadata(const PlanFile& file, const std::string& who) { Checker(file, who).run(); }

}  // namespace zsq::runtime
