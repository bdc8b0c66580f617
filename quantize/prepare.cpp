#include "quantize/prepare.h"

#include "quantize/fold.h"
#include "quantize/pool_first.h"
#include "quantize/transposed.h"

namespace zsq::quantize {

Graph prepared(const Graph& graph) { return pools_first(without_transposed(fold_batch_norms(graph))); }

}  // namespace zsq::quantize
