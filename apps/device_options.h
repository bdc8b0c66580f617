#pragma once

#include "apps/arguments.h"
#include "runtime/session.h"

namespace zsq::apps {

/// --device, --cpu-path, --threads, --batch.
std::vector<OptionSpec> device_options();
OptionSpec cpu_path_option();
std::vector<OptionSpec> batch_options();  // --threads and --batch alone

/// Throws Error (Fault::device) where the device is not available here.
runtime::Device device_from(const Arguments& arguments);

/// The GPU of --device, --threads and --cpu-path, or $ZSQ_CPU_PATH where that is not given.
runtime::SessionOptions session_from(const Arguments& arguments);

/// --threads as a number of threads: 0 is one for each core.
int threads_from(const Arguments& arguments);

std::int64_t batch_from(const Arguments& arguments);

}  // namespace zsq::apps
