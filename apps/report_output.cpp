#include "apps/report_output.h"

#include <filesystem>

#include "apps/command.h"
#include "graph/check.h"
#include "graph/file.h"

namespace zsq::apps {

namespace fs = std::filesystem;

std::vector<OptionSpec> report_options() {
  return {{"report", "FILE", "", "a report for people goes there: one HTML file with charts"},
          {"plots", "DIR", "", "its charts go there, as SVG files"}};
}

bool wants_report(const Arguments& arguments) { return arguments.has("report") || arguments.has("plots"); }

void check_report_options(const Arguments& arguments) {
  if (arguments.has("report")) check_output(arguments.text("report"), arguments);
  if (!arguments.has("plots")) return;
  const fs::path folder = arguments.text("plots");
  check(arguments.flag("force") || !fs::exists(folder), Fault::data, folder.string(),
        ": is there already; --force writes into it");
  check(!fs::exists(folder) || fs::is_directory(folder), Fault::data, folder.string(),
        ": is there already and is no folder");
}

void write_report(const report::Document& document, const Arguments& arguments) {
  if (arguments.has("report")) write_file_atomically(arguments.text("report"), to_html(document));
  if (!arguments.has("plots")) return;
  const fs::path folder = arguments.text("plots");
  std::error_code error;
  fs::create_directories(folder, error);
  check(fs::is_directory(folder), Fault::data, folder.string(), ": cannot be made a folder",
        error ? ": " + error.message() : "");
  for (const auto& [name, bytes] : svg_files(document)) write_file_atomically(folder / name, bytes);
}

}  // namespace zsq::apps
