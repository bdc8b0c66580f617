#include "report/study.h"

#include <sstream>

#include <nlohmann/json.hpp>

#include "graph/text_table.h"

namespace zsq::report {
namespace {

using nlohmann::json;

json to_json(const Spread& s) {
  return {{"low", s.low},
          {"high", s.high},
          {"deviation", s.deviation},
          {"kurtosis", s.kurtosis},
          {"channel_precision", s.channel_precision},
          {"least_channel_range", s.least_range},
          {"largest_channel_range", s.most_range},
          {"channels", s.channels},
          {"dead", s.dead}};
}

json to_json(const Histogram& h) {
  return {{"low", h.low},
          {"high", h.high},
          {"counts", h.counts},
          {"grid_low", h.grid_low},
          {"grid_high", h.grid_high}};
}

json to_json(const StudyLayer& l) {
  json facts{{"name", l.name},
             {"step", l.step},
             {"depthwise", l.depthwise},
             {"activation_bits", l.activation_bits},
             {"activations", to_json(l.activations)},
             {"activations_equalized", to_json(l.activations_equalized)},
             {"range_ratio", l.range_ratio},
             {"alone_db", l.alone_db},
             {"alone_mse", l.alone_mse},
             {"accumulated_db", l.accumulated_db},
             {"accumulated_mse", l.accumulated_mse},
             {"mean_shift", l.mean_shift},
             {"saturated", l.saturated},
             {"output_db", l.output_db},
             {"noise_share", l.noise_share},
             {"histogram", to_json(l.histogram)}};
  if (l.weight_bits > 0) facts["weight_bits"] = l.weight_bits;
  if (l.weight_sqnr_db) facts["weight_sqnr_db"] = *l.weight_sqnr_db;
  if (l.weights_given) facts["weights_given"] = to_json(*l.weights_given);
  if (l.weights_folded) facts["weights_folded"] = to_json(*l.weights_folded);
  if (l.weights_equalized) facts["weights_equalized"] = to_json(*l.weights_equalized);
  return facts;
}

std::string short_number(double v) {
  std::ostringstream text;
  text.precision(3);
  text << v;
  return text.str();
}

std::vector<std::string> cells(const StudyLayer& l) {
  const auto precision = [](const std::optional<Spread>& s) {
    return s ? fixed(s->channel_precision, 2) : "";
  };
  return {l.name,
          l.step,
          (l.weight_bits > 0 ? std::to_string(l.weight_bits) : "-") + "/" + std::to_string(l.activation_bits),
          short_number(l.activations.range()),
          fixed(l.activations.channel_precision, 2),
          fixed(l.activations_equalized.channel_precision, 2),
          precision(l.weights_given),
          precision(l.weights_folded),
          fixed(l.alone_db, 1),
          fixed(l.accumulated_db, 1),
          fixed(l.output_db, 1),
          fixed(l.noise_share, 1),
          fixed(l.mean_shift, 2),
          l.activations.dead > 0
              ? std::to_string(l.activations.dead) + "/" + std::to_string(l.activations.channels)
              : ""};
}

std::vector<NamedValue> end_rows(const StudyEnd& end) {
  std::vector<NamedValue> rows{{"SQNR", fixed(end.sqnr_db, 1) + " dB"}};
  if (!end.agreement) return rows;
  rows.push_back({"agreement", fixed(*end.agreement, 2) + " % of the images have the same first class"});
  rows.push_back({"cross-entropy", fixed(end.cross_entropy, 4) +
                                       " nats, of which the float network's entropy is " +
                                       fixed(end.float_entropy, 4)});
  rows.push_back({"divergence", fixed(end.divergence, 4) + " nats (Kullback-Leibler)"});
  return rows;
}

}  // namespace

std::string to_text(const Study& study) {
  std::vector<std::vector<std::string>> rows{{"tensor", "made by", "bits", "range", "precision", "equalized",
                                              "weights", "folded", "alone dB", "all dB", "output dB",
                                              "noise %", "shift", "dead"}};
  for (const StudyLayer& layer : study.layers) rows.push_back(cells(layer));
  std::string text =
      text_table(rows) + "(on " + study.images +
      "; precision: mean channel range / tensor range of the activations, before and after "
      "equalization, and of the weights before and after folding; dB: signal to noise of the integers, with "
      "this tensor alone in integers, with all before it too, and of the output with this alone; noise: its "
      "share of the sum; shift: largest mean error of a channel, in its deviations)\n\n" +
      named_values(end_rows(study.end));
  for (const Advice& advice : study.advice)
    text += "\n" + advice.text + (advice.command.empty() ? "\n" : ":\n  " + advice.command + "\n");
  return text;
}

json to_json(const Study& study) {
  json layers = json::array(), advice = json::array();
  for (const StudyLayer& layer : study.layers) layers.push_back(to_json(layer));
  for (const Advice& a : study.advice) advice.push_back({{"text", a.text}, {"command", a.command}});
  json end{{"sqnr_db", study.end.sqnr_db}};
  if (study.end.agreement)
    end.update({{"agreement", *study.end.agreement},
                {"cross_entropy", study.end.cross_entropy},
                {"float_entropy", study.end.float_entropy},
                {"divergence", study.end.divergence}});
  return {{"network", study.network}, {"plan", study.plan},
          {"images", study.images},   {"image_count", study.image_count},
          {"layers", layers},         {"end", end},
          {"advice", advice}};
}

}  // namespace zsq::report
