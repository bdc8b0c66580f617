#pragma once

#include "apps/arguments.h"
#include "quantize/scheme.h"

namespace zsq::apps {

/// From method_options() and width_options().
quantize::Scheme methods_from(const Arguments& arguments);
quantize::Scheme scheme_from(const Arguments& arguments);  // with the widths

/// Of --bits: rules, or the name of a .json file of zsq search.
std::vector<quantize::BitsRule> bits_from(const std::string& text);

}  // namespace zsq::apps
