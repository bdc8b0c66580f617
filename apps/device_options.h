#pragma once

#include "apps/arguments.h"
#include "runtime/session.h"

namespace zsq::apps {

/// --device, --threads, --batch.
std::vector<OptionSpec> device_options();
std::vector<OptionSpec> batch_options();  // --threads and --batch alone

/// Throws Error (Fault::device) where the device is not available here.
runtime::Device device_from(const Arguments& arguments);
std::int64_t batch_from(const Arguments& arguments);

}  // namespace zsq::apps
