#pragma once

#include <string>
#include <vector>

namespace zsq::report {

/// One line, or one set of bars: a value for each label; NaN leaves a gap.
struct ChartSeries {
  std::string name;
  std::vector<double> values;
};

/// A vertical line at a place of a numeric axis.
struct ChartMark {
  std::string name;
  double at = 0;
};

enum class ChartKind {
  lines,      // from label to label
  bars,       // one at each label, of the first series
  histogram,  // of the first series, between `low` and `high` of a numeric axis
};

struct Chart {
  std::string title, unit;  // what is shown; of the values
  ChartKind kind = ChartKind::lines;
  std::vector<std::string> labels = {};  // but of a histogram
  std::vector<ChartSeries> series = {};
  bool logarithmic = false;           // of positive values
  double low = 0, high = 1;           // of a histogram's axis
  std::vector<ChartMark> marks = {};  // of a histogram
};

/// Whether an SVG stands in a page that has chart_style(), or is a file of its own.
enum class Placed { in_page, alone };

/// The chart as SVG, its title and what it shows in words as its accessible name. Series differ by dashes as
/// well as by colour. Text of any bytes is written as text.
std::string to_svg(const Chart& chart, Placed placed);

/// CSS for charts in a page, for a light and a dark background; colours have a contrast of 4.5 and more.
std::string chart_style();

/// For XML and HTML, as text or between quotes: what would end either, and control characters, are replaced.
std::string escaped(const std::string& text);

}  // namespace zsq::report
