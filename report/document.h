#pragma once

#include <string>
#include <variant>
#include <vector>

#include "report/chart.h"

namespace zsq::report {

/// What a report is made of. Text is plain; nobody writes markup but to_html().
struct Paragraph {
  std::string text;
};
struct Facts {  // names and values
  std::vector<std::pair<std::string, std::string>> rows;
  std::string title = {};
};
struct Grid {  // the first row is a heading; a cell that looks like a number stands to the right
  std::string title;
  std::vector<std::vector<std::string>> rows;
};
struct Commands {  // to paste
  std::vector<std::string> lines;
};
struct Picture {
  std::string png, description;  // the file's bytes; what is to be seen
};
struct Figure {
  Chart chart;
};
struct Folded {  // figures that are shown when asked for, each under its title
  std::vector<Chart> charts;
};

using Block = std::variant<Paragraph, Facts, Grid, Commands, Picture, Figure, Folded>;

struct Section {
  std::string heading;
  std::vector<Block> blocks;
};

struct Document {
  std::string title, subtitle;
  std::vector<Section> sections;
};

/// One file that needs no other and no network: light and dark, narrow and wide, printable, without scripts.
std::string to_html(const Document& document);

/// All charts, each as the SVG file it is in the report: name, without a folder, and bytes.
std::vector<std::pair<std::string, std::string>> svg_files(const Document& document);

}  // namespace zsq::report
