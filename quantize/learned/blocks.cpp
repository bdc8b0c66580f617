#include "quantize/learned/blocks.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "graph/op_traits.h"

namespace zsq::quantize {
namespace {

constexpr int kMostLayers = 12;

/// A place between nodes where a block may end: before node `at`.
struct Place {
  std::size_t at;
  int crossing;  // values made before it and read behind it
};

class Places {
 public:
  Places(const Graph& graph, const std::vector<Unit>& units) : last_read_(graph.nodes().size()) {
    for (std::size_t i = 0; i < last_read_.size(); ++i)
      for (const NodeId input : graph.nodes()[i].inputs) last_read_[index(input)] = i;
    std::vector<bool> inside(last_read_.size() + 1, false);  // a unit
    for (const Unit& unit : units)
      for (std::size_t i = index(unit.head) + 1; i <= index(unit.last); ++i) inside[i] = true;
    for (std::size_t at = 1; at < last_read_.size(); ++at)
      if (!inside[at]) all_.push_back({at, crossing(at)});
    all_.push_back({last_read_.size(), 0});
  }

  const std::vector<Place>& all() const { return all_; }

 private:
  int crossing(std::size_t at) const {
    return static_cast<int>(std::count_if(last_read_.begin(),
                                          last_read_.begin() + static_cast<std::ptrdiff_t>(at),
                                          [&](std::size_t reader) { return reader >= at; }));
  }

  std::vector<std::size_t> last_read_;
  std::vector<Place> all_;
};

/// The layers of [begin, end).
std::vector<NodeId> layers(const Graph& graph, std::size_t begin, std::size_t end) {
  std::vector<NodeId> found;
  for (std::size_t i = begin; i < end; ++i)
    if (weight_of(graph.nodes()[i].op) != nullptr) found.push_back(NodeId(i));
  return found;
}

bool is_depthwise(const Op& op) {
  const auto* conv = std::get_if<Conv2d>(&op);
  return conv != nullptr && conv->groups > 1 && conv->weight.shape.c == 1;
}

/// Whether a run of layers is a whole of its own.
bool is_complete(const Graph& graph, const std::vector<NodeId>& run) {
  const auto depthwise = std::ranges::find_if(run, [&](NodeId id) { return is_depthwise(graph[id].op); });
  if (depthwise == run.end()) return run.size() >= 2;
  return std::any_of(depthwise, run.end(), [&](NodeId id) { return !is_depthwise(graph[id].op); }) ||
         run.size() >= 4;
}

/// Where to cut [begin, end) in two of at least two layers each: where fewest values cross, and of such
/// places nearest to the middle.
std::optional<std::size_t> cut_of(const Graph& graph, const std::vector<Place>& places, std::size_t begin,
                                  std::size_t end) {
  std::optional<std::size_t> best;
  std::pair<int, std::size_t> least{};
  for (const Place& place : places) {
    if (place.at <= begin || place.at >= end) continue;
    const auto before = layers(graph, begin, place.at).size(), behind = layers(graph, place.at, end).size();
    const std::pair cost{place.crossing, std::max(before, behind)};
    if (std::min(before, behind) < 2 || (best && cost >= least)) continue;
    best = place.at;
    least = cost;
  }
  return best;
}

/// Ends of blocks within a part that no single value divides.
void divide(const Graph& graph, const std::vector<Place>& places, std::size_t begin, std::size_t end,
            std::vector<std::size_t>& ends) {
  if (layers(graph, begin, end).size() > kMostLayers) {
    if (const auto at = cut_of(graph, places, begin, end)) {
      divide(graph, places, begin, *at, ends);
      divide(graph, places, *at, end, ends);
      return;
    }
  }
  ends.push_back(end);
}

Block block_of(const Graph& graph, const std::vector<std::vector<NodeId>>& readers, std::size_t begin,
               std::size_t end) {
  Block block{NodeId(begin), NodeId(end), {}, {}};
  for (std::size_t i = begin; i < end; ++i) {
    for (const NodeId input : graph.nodes()[i].inputs)
      if (index(input) < begin && std::ranges::find(block.inputs, input) == block.inputs.end())
        block.inputs.push_back(input);
    if (graph.is_output(NodeId(i)) ||
        std::ranges::any_of(readers[i], [&](NodeId reader) { return index(reader) >= end; }))
      block.outputs.push_back(NodeId(i));
  }
  if (begin == 0) block.inputs = {NodeId{0}};
  return block;
}

}  // namespace

std::vector<Block> blocks(const Graph& prepared, const std::vector<Unit>& units) {
  const Places places(prepared, units);
  std::vector<std::size_t> ends;
  std::size_t begin = 0, part = 0;  // of the block, and of its last part between two single values
  for (const Place& place : places.all()) {
    if (place.crossing > 1) continue;
    const bool is_branched = layers(prepared, part, place.at).size() >= 2;
    if (is_branched && !layers(prepared, begin, part).empty()) {
      ends.push_back(part);
      begin = part;
    }
    if (is_branched || is_complete(prepared, layers(prepared, begin, place.at))) {
      divide(prepared, places.all(), begin, place.at, ends);
      begin = place.at;
    }
    part = place.at;
  }
  const std::size_t end = prepared.nodes().size();
  if (begin < end) {
    if (!ends.empty() && layers(prepared, begin, end).empty()) ends.pop_back();
    ends.push_back(end);
  }
  const auto readers = consumers(prepared);
  std::vector<Block> all;
  begin = 0;
  for (const std::size_t at : ends) {
    all.push_back(block_of(prepared, readers, begin, at));
    begin = at;
  }
  return all;
}

}  // namespace zsq::quantize
