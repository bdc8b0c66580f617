#include "report/sweep.h"

#include <algorithm>
#include <cmath>

#include "graph/check.h"
#include "graph/json_guard.h"
#include "graph/text_table.h"

namespace zsq::report {
namespace {

using nlohmann::json;
using Rows = std::vector<std::vector<std::string>>;

std::string with_sign(double v) { return (v > 0 ? "+" : "") + fixed(v, 2); }

Rows table(const Sweep& sweep) {
  Rows rows{{"trade-off", "setting", "bits", "top-1 %", "points", "p", "agreement %", "SQNR dB", "seconds"}};
  for (const SweepRow& row : sweep.rows) {
    const SweepDifference d = difference(sweep.rows[row.against], row);
    const bool first = &row == &sweep.rows.front();
    rows.push_back({row.trade_off, row.setting,
                    fixed(row.weight_bits, 2) + "/" + fixed(row.activation_bits, 2), fixed(row.top1, 2),
                    first ? "" : with_sign(d.points) + " ± " + fixed(d.half_width, 2),
                    first ? "" : fixed(d.test.p, 3), fixed(row.agreement, 2), fixed(row.sqnr_db, 1),
                    fixed(row.seconds, 1)});
  }
  return rows;
}

double moved(const Sweep& sweep, const SweepRow& row) {
  return row.agreement - sweep.rows[row.against].agreement;
}

/// The confounders that move more than the methods do, by agreement, which chance moves least.
std::string verdict_of_confounders(const Sweep& sweep) {
  double most = 0;
  for (const SweepRow& row : sweep.rows)
    if (row.is_method) most = std::max(most, std::abs(moved(sweep, row)));
  std::string names;
  for (const SweepRow& row : sweep.rows)
    if (!row.is_method && std::abs(moved(sweep, row)) > most)
      names += (names.empty() ? "" : "; ") + row.setting;
  return "The methods move agreement by up to " + fixed(most, 2) + " points. " +
         (names.empty() ? "No confounder moves it more." : "These confounders move it more: " + names + ".");
}

/// What gives most when it comes, and what costs most when it is left out.
std::string verdict_of_steps(const Sweep& sweep) {
  const auto by_agreement = [&](const SweepRow& a, const SweepRow& b) {
    return moved(sweep, a) < moved(sweep, b);
  };
  const auto most = std::ranges::max_element(sweep.rows, by_agreement);
  const auto least = std::ranges::min_element(sweep.rows, by_agreement);
  std::string text;
  if (moved(sweep, *most) > 0)
    text =
        "Most comes with " + most->setting + ": " + with_sign(moved(sweep, *most)) + " points of agreement.";
  if (moved(sweep, *least) < 0)
    text += (text.empty() ? "" : " ") + std::string("Most is lost by ") + least->setting + ": " +
            with_sign(moved(sweep, *least)) + ".";
  return text;
}

std::string verdict(const Sweep& sweep) {
  return sweep.is_ablation() ? verdict_of_steps(sweep) : verdict_of_confounders(sweep);
}

std::string text(const json& row, const char* key, const std::string& who) {
  check(row.contains(key) && row[key].is_string(), Fault::data, who, ": a row has no ", key,
        "; it is no sweep");
  return row[key];
}

double number(const json& row, const char* key, const std::string& who) {
  check(row.contains(key) && row[key].is_number(), Fault::data, who, ": a row has no ", key,
        "; it is no sweep");
  return row[key];
}

}  // namespace

bool Sweep::is_ablation() const { return std::ranges::all_of(rows, &SweepRow::is_method); }

SweepDifference difference(const SweepRow& other, const SweepRow& row) {
  SweepDifference d{.points = row.top1 - other.top1};
  if (other.right.size() != row.right.size() || other.right.empty()) return d;
  d.test = evaluate::paired_test(other.right, row.right);
  const auto n = static_cast<double>(other.right.size());
  const auto moved = static_cast<double>(d.test.lost + d.test.gained);
  const auto net = static_cast<double>(d.test.gained - d.test.lost);
  d.half_width = 100 * 1.959964 * std::sqrt(std::max(0.0, moved - net * net / n)) / n;
  return d;
}

std::string to_text(const Sweep& sweep) {
  if (sweep.rows.empty()) return "";
  return text_table(table(sweep)) + "(" + std::to_string(sweep.rows.front().images) + " images of " +
         sweep.data + ", the same for each row; float top-1 " + fixed(sweep.float_top1, 2) +
         " %; bits: weights/activations on average; points: more than " +
         (sweep.is_ablation() ? "the row before, and where one is left out, than all of them"
                              : std::string("the first row")) +
         ", with the half width of the 95 % interval of a paired difference; p: McNemar's exact test)\n" +
         verdict(sweep) + "\n";
}

Section sweep_section(const Sweep& sweep) {
  Chart chart{.title = "Agreement with float",
              .unit = "per cent",
              .kind = ChartKind::bars,
              .series = {{"agreement", {}}}};
  for (const SweepRow& row : sweep.rows) {
    chart.labels.push_back(row.setting);
    chart.series[0].values.push_back(row.agreement);
  }
  return {"Trade-offs", {Grid{"", table(sweep)}, Paragraph{verdict(sweep)}, Figure{std::move(chart)}}};
}

json to_json(const Sweep& sweep) {
  json rows = json::array();
  for (const SweepRow& row : sweep.rows) {
    const SweepDifference d = difference(sweep.rows[row.against], row);
    rows.push_back({{"trade_off", row.trade_off},
                    {"setting", row.setting},
                    {"against", row.against},
                    {"is_method", row.is_method},
                    {"key", row.key},
                    {"images", row.images},
                    {"top1", row.top1},
                    {"agreement", row.agreement},
                    {"sqnr_db", row.sqnr_db},
                    {"weight_bits", row.weight_bits},
                    {"activation_bits", row.activation_bits},
                    {"right", row.right},
                    {"seconds", row.seconds},
                    {"points", d.points},
                    {"half_width95", d.half_width},
                    {"p", d.test.p}});
  }
  return {{"zsq_sweep", 1},
          {"network", sweep.network},
          {"data", sweep.data},
          {"float_top1", sweep.float_top1},
          {"rows", rows}};
}

Sweep sweep_from(const std::string& bytes, const std::string& who) {
  JsonGuard guard(6, [&](const std::string& what) { fail(Fault::data, who, ": ", what); });
  const json all = json::parse(bytes, std::ref(guard), /*allow_exceptions=*/false);
  check(all.is_object() && all.value("zsq_sweep", json()) == 1 && all.contains("rows") &&
            all["rows"].is_array(),
        Fault::data, who, ": is no sweep of this zsq; name another file, or --force begins anew");
  Sweep sweep{text(all, "network", who), text(all, "data", who), number(all, "float_top1", who), {}};
  for (const json& row : all["rows"]) {
    check(row.is_object() && row.value("is_method", json()).is_boolean(), Fault::data, who,
          ": has a row that is none");
    const json against = row.value("against", json(0U));
    check(against.is_number_unsigned() && against.get<std::size_t>() <= sweep.rows.size(), Fault::data, who,
          ": has a row that is compared with none");
    sweep.rows.push_back({text(row, "trade_off", who), text(row, "setting", who), against.get<std::size_t>(),
                          row["is_method"].get<bool>(), text(row, "key", who),
                          static_cast<std::int64_t>(number(row, "images", who)), number(row, "top1", who),
                          number(row, "agreement", who), number(row, "sqnr_db", who),
                          number(row, "weight_bits", who), number(row, "activation_bits", who),
                          text(row, "right", who), number(row, "seconds", who)});
  }
  return sweep;
}

}  // namespace zsq::report
