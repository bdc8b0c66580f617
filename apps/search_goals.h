#pragma once

#include <functional>
#include <vector>

#include "apps/arguments.h"
#include "search/search.h"

namespace zsq::apps {

/// Of --average-bits, --max-size, --max-bops, --max-latency and --max-memory.
struct AskedGoals {
  struct Asked {
    search::Cost cost;
    double value = 0;
    bool is_relative = false;  // "0.8x": of what the widest widths cost
  };
  std::vector<Asked> asked;

  bool wants(search::Cost cost) const;

  /// Absolute ones. Requires the costs that are wanted.
  std::vector<search::Goal> goals(const search::Measured& measured) const;
};

/// Throws Error (Fault::usage) where one is not as its help says.
AskedGoals goals_from(const Arguments& arguments);

}  // namespace zsq::apps
