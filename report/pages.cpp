#include "report/pages.h"

#include <algorithm>

#include "graph/text_table.h"
#include "report/card_sections.h"

namespace zsq::report {

Section card_section(const Card& card) {
  Section section{"Card", {}};
  for (const CardSection& part : card_sections(card)) {
    Facts facts{{}, part.heading};
    for (const NamedValue& row : part.rows) facts.rows.emplace_back(row.name, row.value);
    section.blocks.emplace_back(std::move(facts));
  }
  return section;
}

Section commands_section(std::vector<std::string> lines) {
  return {"Make it again", {Commands{std::move(lines)}}};
}

Section steps_section(const std::vector<StepFacts>& steps) {
  Grid grid{"", {{"step", "SQNR dB", "kept", "seconds"}}};
  Chart chart{.title = "Signal to noise of the outputs, by step", .unit = "dB", .kind = ChartKind::bars};
  chart.series.emplace_back();
  chart.series.front().name = "SQNR";
  for (const StepFacts& step : steps) {
    grid.rows.push_back({step.name, step.sqnr_db ? fixed(*step.sqnr_db, 1) : "", step.kept ? "yes" : "undone",
                         fixed(step.seconds, 1)});
    if (!step.sqnr_db) continue;
    chart.labels.push_back(step.name);
    chart.series.front().values.push_back(*step.sqnr_db);
  }
  Section section{"Steps", {std::move(grid)}};
  if (!chart.labels.empty()) section.blocks.emplace_back(Figure{std::move(chart)});
  return section;
}

Section evaluation_section(const evaluate::Evaluation& e) {
  const evaluate::Accuracy& a = e.accuracy;
  const bool beside = e.beside_float && e.device != "float";
  Section section{"Accuracy", {}};
  Facts facts;
  facts.rows.emplace_back("images", std::to_string(a.images) + evaluate::coverage(a));
  if (a.labelled) facts.rows.emplace_back("top-1", evaluate::with_interval(a.top1, a.images) + " %");
  if (a.labelled && beside) {
    facts.rows.emplace_back("float top-1", evaluate::with_interval(a.float_top1, a.images) + " %");
    facts.rows.emplace_back("drop", fixed(a.float_top1 - a.top1, 2) + " points, " + std::to_string(a.lost) +
                                        " images lost, " + std::to_string(a.gained) + " gained");
  }
  if (beside) facts.rows.emplace_back("agreement with float", fixed(a.agreement, 2) + " %");
  if (beside) facts.rows.emplace_back("SQNR of the outputs", fixed(a.sqnr_db, 1) + " dB");
  facts.rows.emplace_back("ran on", e.device + ", " + fixed(e.seconds, 1) + " s");
  section.blocks.emplace_back(std::move(facts));
  if (!e.per_class || e.per_class->empty()) return section;
  Chart chart{
      .title = "Right by class", .unit = "per cent", .kind = ChartKind::bars, .series = {{"top-1", {}}}};
  Grid grid{"By class", {{"class", "images", "right", "lost", "gained"}}};
  for (const evaluate::ClassAccuracy& c : *e.per_class) {
    const std::string name = c.name.empty() ? "class " + std::to_string(c.label) : c.name;
    chart.labels.push_back(name);
    chart.series.front().values.push_back(100 * static_cast<double>(c.right) / static_cast<double>(c.images));
    grid.rows.push_back({name, std::to_string(c.images), std::to_string(c.right), std::to_string(c.lost),
                         std::to_string(c.gained)});
  }
  section.blocks.emplace_back(Figure{std::move(chart)});
  section.blocks.emplace_back(std::move(grid));
  return section;
}

Section comparison_section(const evaluate::Comparison& c) {
  Grid grid{"", {{"calibration", "bits", "top-1 %", "agreement %", "SQNR dB", "lost", "gained", "seconds"}}};
  grid.rows.push_back({"float", "32/32", evaluate::with_interval(c.in_float.top1, c.in_float.images)});
  Chart chart{.title = "Agreement with float, by width and calibration images", .unit = "per cent"};
  for (const evaluate::ComparisonRow& row : c.rows) {
    const std::string bits = std::to_string(row.weight_bits) + "/" + std::to_string(row.activation_bits);
    const evaluate::Accuracy& a = row.accuracy;
    grid.rows.push_back({row.calibration, bits, evaluate::with_interval(a.top1, a.images),
                         fixed(a.agreement, 2), fixed(a.sqnr_db, 1), std::to_string(a.lost),
                         std::to_string(a.gained), fixed(row.seconds, 1)});
    if (std::ranges::find(chart.labels, bits) == chart.labels.end()) chart.labels.push_back(bits);
    if (chart.series.empty() || chart.series.back().name != row.calibration)
      chart.series.push_back({row.calibration, {}});
    chart.series.back().values.push_back(a.agreement);
  }
  return {"Comparison", {std::move(grid), Figure{std::move(chart)}}};
}

Section fit_section(const std::vector<FitFacts>& fit) {
  Chart chart{.title = "How far the images are from what batch norms remember",
              .unit = "stored deviations",
              .series = {{"mean", {}}, {"deviation", {}}}};
  Grid grid{"", {{"batch norm", "mean error", "deviation error"}}};
  for (const FitFacts& f : fit) {
    chart.labels.push_back(f.name);
    chart.series[0].values.push_back(f.mean_error);
    chart.series[1].values.push_back(f.std_error);
    grid.rows.push_back({f.name, fixed(f.mean_error, 3), fixed(f.std_error, 3)});
  }
  return {"Fit", {Figure{std::move(chart)}, std::move(grid)}};
}

}  // namespace zsq::report
