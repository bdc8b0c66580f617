#pragma once

#include "apps/arguments.h"
#include "report/document.h"

namespace zsq::apps {

/// --report FILE and --plots DIR.
std::vector<OptionSpec> report_options();

/// Before the work: throws Error where they cannot be written, or are there and --force was not given.
void check_report_options(const Arguments& arguments);

bool wants_report(const Arguments& arguments);

/// Writes what was asked for, each file as a whole.
void write_report(const report::Document& document, const Arguments& arguments);

}  // namespace zsq::apps
