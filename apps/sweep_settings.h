#pragma once

#include <map>
#include <string>
#include <vector>

#include "apps/arguments.h"
#include "apps/method_recipe.h"
#include "graph/graph.h"

namespace zsq::apps {

/// One run of a sweep: what it changes of the options of zsq quantize.
struct SweepSetting {
  std::string trade_off, name;
  bool is_method = false;
  std::map<std::string, std::string> changes;
  std::size_t against = 0;  // the setting before it that it is compared with
};

/// The first changes nothing. prepared: for names of layers; real: a set of real images, or empty.
std::vector<SweepSetting> sweep_settings(const Graph& prepared, const Arguments& arguments);

/// A recipe's ablation: none of its tricks, then one more at a time, then all but those of one option.
std::vector<SweepSetting> ablation_settings(const MethodRecipe& recipe);

}  // namespace zsq::apps
