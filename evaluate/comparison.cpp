#include "evaluate/comparison.h"

#include <sstream>

#include <nlohmann/json.hpp>

#include "graph/text_table.h"

namespace zsq::evaluate {
namespace {

std::vector<std::string> cells(const ComparisonRow& row) {
  const Accuracy& a = row.accuracy;
  return {row.calibration,
          std::to_string(row.weight_bits) + "/" + std::to_string(row.activation_bits),
          with_interval(a.top1, a.images),
          fixed(a.float_top1 - a.top1, 2),
          std::to_string(a.lost),
          std::to_string(a.gained),
          fixed(a.agreement, 2),
          fixed(a.sqnr_db, 1),
          fixed(row.seconds, 1)};
}

}  // namespace

std::string to_text(const Comparison& c) {
  std::vector<std::vector<std::string>> rows{
      {"calibration", "bits", "top-1 %", "drop", "lost", "gained", "agreement %", "SQNR dB", "seconds"},
      {"float", "32/32", with_interval(c.in_float.top1, c.in_float.images)}};
  for (const ComparisonRow& row : c.rows) rows.push_back(cells(row));
  return text_table(rows) + "(" + std::to_string(c.in_float.images) + " images of " + c.data +
         ", the same for each row; each row is an integer program; bits: weights/activations, pixels and the "
         "classifier's input 8; ± is the half width of the 95 % interval; " +
         std::to_string(c.calibration_images) + " calibration images, seed " + std::to_string(c.seed) +
         "; real images: " + (c.real.empty() ? c.data + ", the test images themselves" : c.real) + ")\n";
}

std::string to_csv(const Comparison& c) {
  std::ostringstream csv;
  csv << "calibration,wbits,abits,top1,float_top1,agreement,sqnr_db,lost,gained,images,seed,seconds\n";
  const auto line = [&](const ComparisonRow& row) {
    const Accuracy& a = row.accuracy;
    csv << row.calibration << ',' << row.weight_bits << ',' << row.activation_bits << ',' << a.top1 << ','
        << a.float_top1 << ',' << a.agreement << ',' << a.sqnr_db << ',' << a.lost << ',' << a.gained << ','
        << a.images << ',' << c.seed << ',' << row.seconds << '\n';
  };
  line({.calibration = "float", .weight_bits = 32, .activation_bits = 32, .accuracy = c.in_float});
  for (const ComparisonRow& row : c.rows) line(row);
  return csv.str();
}

nlohmann::json to_json(const Comparison& c) {
  nlohmann::json rows = nlohmann::json::array();
  for (const ComparisonRow& row : c.rows) {
    nlohmann::json facts = to_json(row.accuracy);
    facts.update({{"calibration", row.calibration},
                  {"wbits", row.weight_bits},
                  {"abits", row.activation_bits},
                  {"seconds", row.seconds},
                  {"seed", c.seed}});
    rows.push_back(std::move(facts));
  }
  return {{"rows", rows}, {"float_top1", c.in_float.top1}, {"images", c.in_float.images}};
}

}  // namespace zsq::evaluate
