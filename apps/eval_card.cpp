#include "apps/eval_card.h"

#include "apps/command.h"
#include "apps/command_line.h"
#include "apps/command_specs.h"
#include "apps/console.h"
#include "apps/evaluation.h"
#include "apps/plan_card.h"
#include "apps/report_output.h"
#include "apps/version.h"
#include "evaluate/set_fingerprint.h"
#include "graph/check.h"
#include "graph/file.h"
#include "graph/text.h"
#include "report/pages.h"

namespace zsq::apps {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

json evaluation_facts(const EvaluatedCard& e) {
  const evaluate::Accuracy& a = e.evaluation.accuracy;
  json facts{{"set", as_utf8(e.set.path.filename().string())},
             {"images", a.images},
             {"sha256", evaluate::set_sha256(e.set)},
             {"classes", a.classes},
             {"device", e.evaluation.device},
             {"spread", "one run"}};
  if (a.labelled)
    facts.update(
        {{"top1", a.top1}, {"confidence95", a.confidence95}, {"right", evaluate::right_ones(e.predictions)}});
  if (e.evaluation.beside_float && e.evaluation.device != "float")
    facts.update({{"agreement", a.agreement}, {"sqnr_db", a.sqnr_db}});
  if (e.evaluation.beside_float && a.labelled) facts["float_top1"] = a.float_top1;
  return facts;
}

}  // namespace

void check_card_options(const Arguments& arguments) {
  check_report_options(arguments);
  if (!arguments.has("card")) return;
  const fs::path path = arguments.text("card");
  check(path.extension() == ".json", Fault::usage, "--card is '", path.string(),
        "', it must end in .json; the same as Markdown goes beside it");
  check_output(path, arguments);
  check_output(markdown_path(path), arguments);
}

report::Card card_beside(const fs::path& plan, const runtime::PlanFile& file) {
  report::Card card = card_of(file);
  const fs::path beside = card_path(plan);
  if (!fs::is_regular_file(beside)) return card;
  try {
    report::Card made = report::decode_card(read_file(beside), beside.string());
    if (made.value("plan.sha256") == card.value("plan.sha256")) return made;
  } catch (const Error&) {  // one that is damaged says nothing; the plan itself does
  }
  return card;
}

void write_evaluated_card(EvaluatedCard e, const Arguments& arguments) {
  if (!arguments.has("card") && !wants_report(arguments)) return;
  add(e.card, "evaluation", evaluation_facts(e));
  add(e.card, "run", {{"evaluated_by", command_line(eval_spec(), arguments)}, {"zsq", kVersion}});
  add(e.card, "cost", {{"evaluation_seconds", e.evaluation.seconds}, {"peak_rss_mb", peak_rss_mb()}});
  add(e.card, "machine", machine_facts());
  if (arguments.has("card")) write_card(e.card, arguments.text("card"));
  write_report({"Accuracy of " + report::shown(e.card.value("network.name")),
                arguments.positional().front() + " on " + as_utf8(e.set.path.string()),
                {report::evaluation_section(e.evaluation), report::card_section(e.card),
                 report::commands_section({command_line(eval_spec(), arguments)})}},
               arguments);
}

}  // namespace zsq::apps
