#include <cmath>
#include <functional>

#include "graph/text_table.h"
#include "report/pages.h"

namespace zsq::report {
namespace {

using Value = std::function<double(const StudyLayer&)>;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

ChartSeries along(const Study& study, const std::string& name, const Value& value) {
  ChartSeries series{name, {}};
  for (const StudyLayer& layer : study.layers) series.values.push_back(value(layer));
  return series;
}

Figure figure(const Study& study, Chart chart) {
  for (const StudyLayer& layer : study.layers) chart.labels.push_back(layer.name);
  return {std::move(chart)};
}

Value precision_of(std::optional<Spread> StudyLayer::*weights) {
  return [weights](const StudyLayer& l) { return (l.*weights) ? (l.*weights)->channel_precision : kNone; };
}

Section ranges(const Study& study) {
  const Chart range{
      .title = "Dynamic range along the depth",
      .unit = "largest - least value",
      .series = {along(study, "activations", [](const auto& l) { return l.activations.range(); }),
                 along(study, "folded weights",
                       [](const auto& l) { return l.weights_folded ? l.weights_folded->range() : kNone; })},
      .logarithmic = true};
  const Chart activations{
      .title = "Channels against the tensor: activations",
      .unit = "average channel precision",
      .series = {along(study, "as they are", [](const auto& l) { return l.activations.channel_precision; }),
                 along(study, "equalized",
                       [](const auto& l) { return l.activations_equalized.channel_precision; })}};
  const Chart weights{.title = "Channels against the tensor: weights",
                      .unit = "average channel precision",
                      .series = {along(study, "of the model", precision_of(&StudyLayer::weights_given)),
                                 along(study, "folded", precision_of(&StudyLayer::weights_folded)),
                                 along(study, "equalized", precision_of(&StudyLayer::weights_equalized))}};
  return {"How values lie", {figure(study, range), figure(study, activations), figure(study, weights)}};
}

Section errors(const Study& study) {
  const Chart accumulation{.title = "Error of each tensor, alone and accumulated",
                           .unit = "SQNR, dB",
                           .series = {along(study, "alone", [](const auto& l) { return l.alone_db; }),
                                      along(study, "all before it in integers too",
                                            [](const auto& l) { return l.accumulated_db; })}};
  const Chart share{.title = "Who makes the output's noise",
                    .unit = "per cent of the sum",
                    .kind = ChartKind::bars,
                    .series = {along(study, "share", [](const auto& l) { return l.noise_share; })}};
  Grid grid{"Every tensor",
            {{"tensor", "made by", "bits", "alone dB", "accumulated dB", "output dB", "noise %", "mean shift",
              "beyond the grid %", "kurtosis", "dead"}}};
  for (const StudyLayer& l : study.layers)
    grid.rows.push_back(
        {l.name, l.step,
         (l.weight_bits > 0 ? std::to_string(l.weight_bits) : "-") + "/" + std::to_string(l.activation_bits),
         fixed(l.alone_db, 1), fixed(l.accumulated_db, 1), fixed(l.output_db, 1), fixed(l.noise_share, 1),
         fixed(l.mean_shift, 2), fixed(l.saturated, 2), fixed(l.activations.kurtosis, 1),
         std::to_string(l.activations.dead)});
  return {"What goes wrong where", {figure(study, accumulation), figure(study, share), std::move(grid)}};
}

Section histograms(const Study& study) {
  Folded folded;
  for (const StudyLayer& l : study.layers) {
    const Histogram& h = l.histogram;
    Chart chart{.title = "Values of " + l.name,
                .unit = "values",
                .kind = ChartKind::histogram,
                .series = {{"values", {}}},
                .low = h.low,
                .high = h.high};
    for (const std::int64_t n : h.counts) chart.series[0].values.push_back(static_cast<double>(n));
    if (l.activation_bits <= 8) chart.marks = {{"grid begins", h.grid_low}, {"grid ends", h.grid_high}};
    folded.charts.push_back(std::move(chart));
  }
  return {"Histograms",
          {Paragraph{"Float values, equalized where the plan is, and where the integer grid ends."}, folded}};
}

Section summary(const Study& study) {
  Facts facts{{{"network", study.network},
               {"plan", study.plan},
               {"studied on", study.images},
               {"SQNR of the outputs", fixed(study.end.sqnr_db, 1) + " dB"}}};
  if (study.end.agreement) {
    facts.rows.emplace_back("agreement with float", fixed(*study.end.agreement, 2) + " %");
    facts.rows.emplace_back("cross-entropy", fixed(study.end.cross_entropy, 4) +
                                                 " nats, the float network's entropy is " +
                                                 fixed(study.end.float_entropy, 4));
    facts.rows.emplace_back("divergence", fixed(study.end.divergence, 4) + " nats (Kullback-Leibler)");
  }
  Section section{"Summary", {std::move(facts)}};
  for (const Advice& advice : study.advice) {
    section.blocks.emplace_back(Paragraph{advice.text + (advice.command.empty() ? "." : ":")});
    if (!advice.command.empty()) section.blocks.emplace_back(Commands{{advice.command}});
  }
  if (study.advice.empty()) section.blocks.emplace_back(Paragraph{"Nothing stands out."});
  return section;
}

}  // namespace

std::vector<Section> study_sections(const Study& study) {
  return {summary(study), ranges(study), errors(study), histograms(study)};
}

}  // namespace zsq::report
