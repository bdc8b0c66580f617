#pragma once

#include <map>
#include <string>
#include <vector>

#include "apps/arguments.h"
#include "graph/graph.h"

namespace zsq::apps {

/// One run of a sweep: what it changes of the options of zsq quantize.
struct SweepSetting {
  std::string trade_off, name;
  bool is_method = false;
  std::map<std::string, std::string> changes;
};

/// The first changes nothing. prepared: for names of layers; real: a set of real images, or empty.
std::vector<SweepSetting> sweep_settings(const Graph& prepared, const Arguments& arguments);

}  // namespace zsq::apps
