#pragma once

#include "apps/arguments.h"
#include "quantize/scheme.h"

namespace zsq::apps {

/// --wbits, --abits and the methods of each step.
std::vector<OptionSpec> method_options();
std::vector<OptionSpec> width_options();

quantize::Scheme methods_from(const Arguments& arguments);
quantize::Scheme scheme_from(const Arguments& arguments);  // with the widths

}  // namespace zsq::apps
