#include "graph/check.h"
#include "graph/graph.h"
#include "runtime/plan_file.h"
#include "runtime/session.h"

int main() {
  zsq::Graph graph;
  const zsq::NodeId input = graph.add("input", zsq::Input{{1, 3, 8, 8}});
  const zsq::NodeId pool = graph.add("pool", zsq::GlobalAvgPool{}, {input});
  if (graph[pool].shape != zsq::Shape{1, 3, 1, 1}) return 1;
  if (!zsq::runtime::is_available(zsq::runtime::Device::reference)) return 2;
  try {
    zsq::runtime::load_plan("there/is/no/such.zsq");
  } catch (const zsq::Error& e) {
    return e.fault() == zsq::Fault::model ? 0 : 3;
  }
  return 4;
}
