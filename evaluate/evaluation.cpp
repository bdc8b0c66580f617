#include "evaluate/evaluation.h"

#include <nlohmann/json.hpp>

#include "graph/text_table.h"

namespace zsq::evaluate {
namespace {

using Rows = std::vector<std::vector<std::string>>;

Networks shown(const Evaluation& e) {
  if (e.device == "float") return Networks::in_float;
  return e.beside_float ? Networks::both : Networks::integers;
}

/// Of images without labels: how near the integer program is to the float network, and no more.
std::string unlabelled_text(const Evaluation& e) {
  const Accuracy& a = e.accuracy;
  return text_table({{"network", "agreement %", "SQNR dB"},
                     {"integer, " + e.device, fixed(a.agreement, 2), fixed(a.sqnr_db, 1)}}) +
         "(with the float network, on " + std::to_string(a.images) + " images; no labels were read)\n";
}

std::string labelled_text(const Evaluation& e) {
  const Accuracy& a = e.accuracy;
  const Networks networks = shown(e);
  Rows rows{{"network", "top-1 %"}};
  if (networks != Networks::integers) rows.push_back({"float", with_interval(a.float_top1, a.images)});
  if (networks != Networks::in_float)
    rows.push_back({"integer, " + e.device, with_interval(a.top1, a.images)});
  if (e.top) {
    rows[0].push_back("top-" + std::to_string(e.top->n) + " %");
    if (networks != Networks::integers) rows[1].push_back(with_interval(e.top->float_accuracy, a.images));
    if (networks != Networks::in_float) rows.back().push_back(with_interval(e.top->accuracy, a.images));
  }
  if (networks == Networks::both) rows[0].insert(rows[0].end(), {"agreement %", "SQNR dB", "lost", "gained"});
  if (networks == Networks::both)
    rows.back().insert(rows.back().end(), {fixed(a.agreement, 2), fixed(a.sqnr_db, 1), std::to_string(a.lost),
                                           std::to_string(a.gained)});
  return text_table(rows) + "(" + std::to_string(a.images) + " images" + coverage(a) +
         (rows.size() > 2 ? ", the same for each row" : "") + "; ± is the half width of the 95 % interval" +
         (networks == Networks::both ? "; drop " + fixed(a.float_top1 - a.top1, 2) + " points" : "") + ")\n" +
         (e.per_class ? to_text(*e.per_class, networks) : "");
}

nlohmann::json accuracy_facts(const Evaluation& e) {
  const Accuracy& a = e.accuracy;
  if (!a.labelled) return {{"agreement", a.agreement}, {"sqnr_db", a.sqnr_db}};
  nlohmann::json facts{{"top1", a.top1}, {"confidence95", a.confidence95}};
  if (e.beside_float) {
    facts = to_json(a);
    facts["float_top1"] = a.float_top1;
  }
  facts["classes_covered"] = a.covered;
  if (e.top) {
    facts["top"] = {{"n", e.top->n}, {"accuracy", e.top->accuracy}};
    if (e.beside_float) facts["top"]["float_accuracy"] = e.top->float_accuracy;
  }
  if (e.per_class) facts["per_class"] = to_json(*e.per_class, shown(e));
  return facts;
}

}  // namespace

std::string to_text(const Evaluation& evaluation) {
  return evaluation.accuracy.labelled ? labelled_text(evaluation) : unlabelled_text(evaluation);
}

nlohmann::json to_json(const Evaluation& e) {
  nlohmann::json facts = accuracy_facts(e);
  facts.update({{"images", e.accuracy.images},
                {"classes", e.accuracy.classes},
                {"device", e.device},
                {"seconds", e.seconds}});
  return facts;
}

}  // namespace zsq::evaluate
