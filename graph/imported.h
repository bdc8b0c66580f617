#pragma once

#include <string>
#include <vector>

#include "graph/graph.h"

namespace zsq {

/// What a reader makes of a model file.
struct Imported {
  Graph graph;
  std::vector<std::string> output_names;  // one per output, "" where the file names none; or empty
  std::vector<std::string> warnings;      // one sentence each, for the user
  std::string architecture = {};          // of a file that holds parameters alone: "ResNet-20"
  std::string producer = {};              // of the file, where it says so: "pytorch 2.11.0"
};

}  // namespace zsq
