#pragma once

#include <functional>

namespace zsq::synth {

/// Calls work(batch) for each batch in 0..batches-1 on up to `threads` threads (0: one for each core), each
/// of which runs LibTorch on itself alone. An exception of the lowest batch that threw is thrown again, after
/// all have ended.
///
/// Why whole batches and not LibTorch's own threads: its convolutions choose their algorithm and the order of
/// their sums by the number of threads, so the bytes would depend on it; and two spinning OpenMP threads on a
/// busy machine cost four times the time of one. A batch that knows only one thread comes out the same
/// whatever runs beside it.
void parallel_batches(int batches, int threads, const std::function<void(int batch)>& work);

}  // namespace zsq::synth
