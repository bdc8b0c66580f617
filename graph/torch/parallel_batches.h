#pragma once

#include <functional>

namespace zsq {

/// Asked by a batch between its steps: true once a batch before it has failed, and its result is not wanted.
using BatchEnds = std::function<bool()>;

/// Calls work(batch, ends) for each batch in 0..batches-1 on up to `threads` threads (0: one for each core),
/// each of which runs LibTorch on itself alone. Once a batch has thrown, none begins any more and those after
/// it are to end; those before it run on, so that the exception that is thrown again, that of the lowest
/// batch which threw, does not depend on who was faster.
///
/// Why whole batches and not LibTorch's own threads: its convolutions choose their algorithm and the order of
/// their sums by the number of threads, so the bytes would depend on it; and two spinning OpenMP threads on a
/// busy machine cost four times the time of one. A batch that knows only one thread comes out the same
/// whatever runs beside it.
void parallel_batches(int batches, int threads,
                      const std::function<void(int batch, const BatchEnds& ends)>& work);

}  // namespace zsq
