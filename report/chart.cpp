#include "report/chart.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "graph/text.h"

namespace zsq::report {
namespace {

constexpr double kWidth = 720, kHeight = 280, kLeft = 58, kRight = 12, kTop = 30;
constexpr int kColours = 4;
constexpr std::size_t kFewLabels = 5;  // are written level

/// From values to places, on a scale with few round ticks.
class Axis {
 public:
  Axis(double low, double high, bool logarithmic, double from, double to)
      : logarithmic_(logarithmic), from_(from), to_(to) {
    low_ = logarithmic ? std::floor(std::log10(low)) : std::min(0.0, low);
    high_ = logarithmic ? std::ceil(std::log10(high)) : std::max(low_ + 1e-12, high);
    if (logarithmic && high_ <= low_) high_ = low_ + 1;
    if (!logarithmic) high_ = std::ceil(high_ / step() - 1e-9) * step();  // ends at a tick
  }

  double place(double value) const {
    const double v = logarithmic_ ? std::log10(std::max(value, std::pow(10.0, low_))) : value;
    return from_ + (to_ - from_) * (v - low_) / (high_ - low_);
  }

  std::vector<double> ticks() const {
    std::vector<double> all;
    if (logarithmic_) {
      const double step = std::max(1.0, std::ceil((high_ - low_) / 6));
      for (double e = low_; e <= high_; e += step) all.push_back(std::pow(10.0, e));
      return all;
    }
    const double each = step();
    for (double v = std::ceil(low_ / each) * each; v <= high_ + each * 1e-9; v += each)
      all.push_back(std::abs(v) < each * 1e-9 ? 0 : v);
    return all;
  }

 private:
  double step() const {
    const double raw = (high_ - low_) / 5, unit = std::pow(10.0, std::floor(std::log10(raw)));
    return raw / unit > 5 ? 10 * unit : raw / unit > 2 ? 5 * unit : raw / unit > 1 ? 2 * unit : unit;
  }

  bool logarithmic_;
  double from_, to_, low_ = 0, high_ = 1;
};

std::string number(double v, int precision = 4) {
  std::ostringstream text;
  text.precision(precision);
  text << v;
  return text.str();
}

std::string text_at(double x, double y, const char* anchor, const std::string& text,
                    const std::string& more = "") {
  return "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" text-anchor=\"" + anchor + "\"" + more + ">" +
         escaped(text) + "</text>";
}

std::string line(double x1, double y1, double x2, double y2, const char* style) {
  return "<line x1=\"" + number(x1) + "\" y1=\"" + number(y1) + "\" x2=\"" + number(x2) + "\" y2=\"" +
         number(y2) + "\" class=\"" + style + "\"/>";
}

/// Of the labels as many as there is room for.
std::string shortened(const std::string& label) {
  constexpr std::size_t kMost = 16;
  return label.size() <= kMost ? label : "…" + label.substr(label.size() - kMost + 1);
}

class Drawing {
 public:
  explicit Drawing(const Chart& chart)
      : chart_(chart),
        bottom_(chart.labels.size() <= kFewLabels ? kHeight - 24 : kHeight - 92),
        y_(make_y()) {}

  std::string draw() {
    axes();
    switch (chart_.kind) {
      case ChartKind::lines: lines(); break;
      case ChartKind::bars: bars(); break;
      case ChartKind::histogram: histogram(); break;
    }
    return svg_;
  }

 private:
  Axis make_y() const {
    double low = chart_.logarithmic ? 1e300 : 0, high = chart_.logarithmic ? 1e-300 : 0;
    for (const ChartSeries& s : chart_.series)
      for (const double v : s.values) {
        if (!std::isfinite(v) || (chart_.logarithmic && v <= 0)) continue;
        low = std::min(low, v), high = std::max(high, v);
      }
    if (chart_.logarithmic && low > high) low = 0.1, high = 1;
    return {low, high, chart_.logarithmic, bottom_, kTop};
  }

  double label_x(std::size_t i) const {
    const double room = kWidth - kRight - kLeft;
    return kLeft + room * (static_cast<double>(i) + 0.5) /
                       static_cast<double>(std::max<std::size_t>(1, chart_.labels.size()));
  }

  double histogram_x(double value) const {
    return kLeft +
           (kWidth - kRight - kLeft) * (value - chart_.low) / std::max(1e-300, chart_.high - chart_.low);
  }

  void axes() {
    svg_ += text_at(kLeft, 16, "start", chart_.unit, " class=\"unit\"");
    for (const double v : y_.ticks()) {
      svg_ += line(kLeft, y_.place(v), kWidth - kRight, y_.place(v), "grid");
      svg_ += text_at(kLeft - 6, y_.place(v) + 4, "end", number(v));
    }
    for (std::size_t i = 0; i < chart_.labels.size(); i += label_step()) label(i);
    if (chart_.kind != ChartKind::histogram) return;
    for (int i = 0; i <= 4; ++i) {
      const double v = chart_.low + (chart_.high - chart_.low) * i / 4;
      svg_ += text_at(histogram_x(v), bottom_ + 16,
                      i == 0   ? "start"
                      : i == 4 ? "end"
                               : "middle",
                      number(v, 3));
    }
  }

  bool is_roomy() const { return chart_.labels.size() <= kFewLabels; }

  /// Of many labels only some are written.
  std::size_t label_step() const {
    constexpr std::size_t kMost = 40;
    return std::max<std::size_t>(1, (chart_.labels.size() + kMost - 1) / kMost);
  }

  void label(std::size_t i) {
    const double x = label_x(i), y = bottom_ + 14;
    if (is_roomy()) {
      svg_ += text_at(x, y + 4, "middle", chart_.labels[i]);
      return;
    }
    svg_ += text_at(x + 4, y, "end", shortened(chart_.labels[i]),
                    " transform=\"rotate(-50 " + number(x + 4) + " " + number(y) + ")\"");
  }

  void legend(std::size_t series, double& x) {
    const std::string& name = chart_.series[series].name;
    const std::string style = "s s" + std::to_string(series % kColours);
    svg_ += line(x, 12, x + 24, 12, style.c_str());
    svg_ += text_at(x + 29, 16, "start", name);
    x += 40 + 7.2 * static_cast<double>(name.size());
  }

  void lines() {
    double at = kLeft + 20 + 7.2 * static_cast<double>(chart_.unit.size());
    for (std::size_t s = 0; s < chart_.series.size(); ++s) {
      std::string path;
      bool drawing = false;
      const auto& values = chart_.series[s].values;
      for (std::size_t i = 0; i < values.size(); ++i) {
        if (!std::isfinite(values[i])) {
          continue;  // what a tensor has no value for, such as weights: the line goes on to the next
        }
        path += (drawing ? "L" : "M") + number(label_x(i)) + " " + number(y_.place(values[i]));
        drawing = true;
      }
      svg_ += "<path d=\"" + path + "\" class=\"s s" + std::to_string(s % kColours) + "\"/>";
      if (chart_.series.size() > 1) legend(s, at);
    }
  }

  void bars() {
    if (chart_.series.empty()) return;
    const auto& values = chart_.series.front().values;
    const double width =
        0.7 * (kWidth - kRight - kLeft) / static_cast<double>(std::max<std::size_t>(1, values.size()));
    std::string path;
    for (std::size_t i = 0; i < values.size(); ++i)
      path += "M" + number(label_x(i) - width / 2) + " " + number(y_.place(0)) + "V" +
              number(y_.place(values[i])) + "h" + number(width) + "V" + number(y_.place(0)) + "z";
    svg_ += "<path d=\"" + path + "\" class=\"f\"/>";
  }

  void histogram() {
    if (chart_.series.empty()) return;
    const auto& values = chart_.series.front().values;
    const double width =
        (kWidth - kRight - kLeft) / static_cast<double>(std::max<std::size_t>(1, values.size()));
    std::string path = "M" + number(kLeft) + " " + number(bottom_);
    for (const double v : values) path += "V" + number(y_.place(v)) + "h" + number(width);
    svg_ += "<path d=\"" + path + "V" + number(bottom_) + "z\" class=\"f\"/>";
    for (const ChartMark& mark : chart_.marks) {
      if (mark.at < chart_.low || mark.at > chart_.high) continue;
      const double x = histogram_x(mark.at);
      svg_ += line(x, kTop, x, bottom_, "mark");
      svg_ += text_at(x > kWidth / 2 ? x - 4 : x + 4, kTop + 10, x > kWidth / 2 ? "end" : "start", mark.name);
    }
  }

  const Chart& chart_;
  double bottom_;
  Axis y_;
  std::string svg_;
};

/// What a reader who does not see the chart is told.
std::string in_words(const Chart& chart) {
  std::string text = chart.unit + ".";
  for (const ChartSeries& s : chart.series) {
    double low = 1e300, high = -1e300;
    for (const double v : s.values)
      if (std::isfinite(v)) low = std::min(low, v), high = std::max(high, v);
    if (low <= high) text += " " + s.name + ": from " + number(low) + " to " + number(high) + ".";
  }
  for (const ChartMark& mark : chart.marks) text += " " + mark.name + " at " + number(mark.at) + ".";
  return text;
}

constexpr const char* kLight =
    "--c0:#1f5fa8;--c1:#a8431a;--c2:#256b37;--c3:#7a3fa0;--ink:#1a1c20;--soft:#d9dce1;--paper:#ffffff;--"
    "muted:#4d535c;";
constexpr const char* kDark =
    "--c0:#7db3f2;--c1:#f0a070;--c2:#7fce8f;--c3:#c79bea;--ink:#e8eaee;--soft:#3a3f47;--paper:#15171b;--"
    "muted:#adb3bd;";

}  // namespace

std::string escaped(const std::string& text) {
  std::string safe;
  for (const char c : as_utf8(text)) switch (c) {
      case '&': safe += "&amp;"; break;
      case '<': safe += "&lt;"; break;
      case '>': safe += "&gt;"; break;
      case '"': safe += "&quot;"; break;
      default: safe += static_cast<unsigned char>(c) < 32 && c != '\n' ? ' ' : c;
    }
  return safe;
}

std::string chart_style() {
  return std::string(":root{") + kLight + "}@media(prefers-color-scheme:dark){:root{" + kDark +
         "}}@media print{:root{" + kLight +
         "}}"
         "svg text{font:12px system-ui,sans-serif;fill:var(--ink)}svg .unit{fill:var(--muted)}"
         ".grid{stroke:var(--soft);stroke-width:1}.mark{stroke:var(--c1);stroke-width:2;stroke-dasharray:5 3}"
         ".s{fill:none;stroke-width:2;stroke-linejoin:round}.f{fill:var(--c0)}"
         ".s0{stroke:var(--c0)}.s1{stroke:var(--c1);stroke-dasharray:7 3}"
         ".s2{stroke:var(--c2);stroke-dasharray:2 3}.s3{stroke:var(--c3);stroke-dasharray:9 3 2 3}";
}

std::string to_svg(const Chart& chart, Placed placed) {
  const std::string box = "0 0 " + number(kWidth) + " " + number(kHeight);
  std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"" + box +
                    "\" role=\"img\" aria-label=\"" + escaped(chart.title) + ". " + escaped(in_words(chart)) +
                    "\">";
  if (placed == Placed::alone)
    svg += "<style>" + chart_style() + "</style><rect width=\"100%\" height=\"100%\" fill=\"var(--paper)\"/>";
  return svg + Drawing(chart).draw() + "</svg>";
}

}  // namespace zsq::report
