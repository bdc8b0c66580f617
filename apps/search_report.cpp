#include "apps/search_report.h"

#include "graph/file.h"
#include "graph/text_table.h"
#include "quantize/bits_file.h"

namespace zsq::apps {

namespace fs = std::filesystem;
using json = nlohmann::ordered_json;
using search::Cost;
using search::Widths;

json facts_of(const search::Measured& measured, const Row& row) {
  json facts{{"name", row.name}};
  for (const Cost cost : search::kCosts)
    if (is_known(measured, cost)) facts[std::string(key(cost))] = cost_at(measured, cost, row.widths);
  if (row.latency > 0) facts["measured_latency"] = row.latency;
  facts["predicted"] = search::predicted(measured.space, measured.sensitivity, row.widths);
  facts["divergence"] = row.loss.divergence;
  facts["noise"] = row.loss.noise;
  facts["drop"] = 100 * row.loss.drop;
  return facts;
}

json check_facts(const Ready& ready, const search::Check& check) {
  json facts{{"assignments", check.widths.size()}};
  for (const auto& [measure, sensitivity] : ready.by_measure)
    facts[std::string(name(measure))] = order_kept(ready.measured.space, sensitivity, check);
  return facts;
}

std::string table_of(const search::Measured& measured, const std::vector<Row>& rows) {
  std::vector<std::vector<std::string>> table{{""}};
  for (const Cost cost : search::kCosts)
    if (is_known(measured, cost)) table[0].emplace_back(name(cost));
  if (is_known(measured, Cost::latency)) table[0].emplace_back("measured");
  table[0].insert(table[0].end(), {"divergence", "other class %"});
  for (const Row& row : rows) {
    std::vector<std::string> line{row.name};
    for (const Cost cost : search::kCosts)
      if (is_known(measured, cost)) line.push_back(cost_text(cost, cost_at(measured, cost, row.widths)));
    if (is_known(measured, Cost::latency)) line.push_back(cost_text(Cost::latency, row.latency));
    line.push_back(fixed(row.loss.divergence, 5));
    line.push_back(fixed(100 * row.loss.drop, 2));
    table.push_back(std::move(line));
  }
  return text_table(table);
}

std::string layers_of(const search::Space& space, const Widths& widths) {
  std::vector<std::vector<std::string>> layers{{"layer", "weights", "bits", "bits it reads"}};
  for (std::size_t l = 0; l < space.layers.size(); ++l)
    layers.push_back({space.layers[l].name, std::to_string(space.layers[l].weights),
                      std::to_string(widths.weights[l]),
                      std::to_string(widths.activations[space.layers[l].reads])});
  return text_table(layers);
}

void write_widths(const fs::path& output, const search::Space& space, const Widths& found,
                  const json& facts) {
  json file{{"zsq_search", 1}, {"found", facts}};
  file["layers"] = quantize::layers_json(rules_of(space, found));
  write_file_atomically(output, file.dump(1) + "\n");
}

}  // namespace zsq::apps
