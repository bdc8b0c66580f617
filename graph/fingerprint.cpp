#include "graph/fingerprint.h"

#include <algorithm>
#include <span>
#include <vector>

#include "graph/op_traits.h"
#include "graph/sha256.h"

namespace zsq {
namespace {

std::string sum_of(std::span<const float> values) {
  return sha256({reinterpret_cast<const char*>(values.data()), values.size_bytes()});
}

}  // namespace

std::string weights_sha256(const Graph& graph) {
  std::vector<std::string> sums;
  for (const Node& node : graph.nodes()) {
    const Parameters p = parameters(node.op);
    if (p.weight != nullptr) sums.push_back(sum_of(p.weight->values));
    if (p.bias != nullptr) sums.push_back(sum_of(*p.bias));
    if (p.norm != nullptr)
      for (const auto* list : {&p.norm->gamma, &p.norm->beta, &p.norm->mean, &p.norm->variance})
        sums.push_back(sum_of(*list));
  }
  std::ranges::sort(sums);
  Sha256 all;
  for (const std::string& sum : sums) all.add(sum);
  return all.hex();
}

}  // namespace zsq
