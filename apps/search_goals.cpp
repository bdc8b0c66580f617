#include "apps/search_goals.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "graph/check.h"

namespace zsq::apps {
namespace {

using search::Cost;

struct Form {
  const char* option;
  Cost cost;
  std::map<std::string, double> units;
  const char* example;
};

const std::vector<Form>& forms() {
  static const std::vector<Form> kForms{
      {"average-bits", Cost::average_bits, {{"", 1}}, "4"},
      {"max-size", Cost::size, {{"MB", 1e6}, {"kB", 1e3}, {"B", 1}}, "3MB"},
      {"max-bops", Cost::bit_operations, {{"G", 1e9}, {"M", 1e6}}, "1.2G"},
      {"max-latency", Cost::latency, {{"ms", 1e-3}, {"us", 1e-6}}, "1.5ms"},
      {"max-memory", Cost::memory, {{"MB", 1e6}, {"kB", 1e3}, {"B", 1}}, "3MB"}};
  return kForms;
}

AskedGoals::Asked parsed(const Form& form, const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const std::string unit(end, text.data() + text.size());
  const auto known = form.units.find(unit);
  check(error == std::errc{} && value > 0 && (unit == "x" || known != form.units.end()), Fault::usage, "--",
        form.option, " is '", text, "', it must be such as ", form.example,
        " or 0.8x, a part of what 8 bits cost");
  return {form.cost, unit == "x" ? value : value * known->second, unit == "x"};
}

}  // namespace

bool AskedGoals::wants(Cost cost) const {
  return std::ranges::any_of(asked, [&](const Asked& a) { return a.cost == cost; });
}

std::vector<search::Goal> AskedGoals::goals(const search::Measured& measured) const {
  std::vector<search::Goal> goals;
  for (const Asked& a : asked) {
    const double whole =
        a.is_relative ? search::cost_at(measured, a.cost, search::widest(measured.space)) : 1;
    goals.push_back({a.cost, a.value * whole});
  }
  return goals;
}

AskedGoals goals_from(const Arguments& arguments) {
  AskedGoals goals;
  for (const Form& form : forms())
    if (arguments.has(form.option)) goals.asked.push_back(parsed(form, arguments.text(form.option)));
  const bool others = arguments.has("pareto") || arguments.has("max-drop");
  check(!goals.asked.empty() || others, Fault::usage,
        "nothing is asked for; --average-bits 4 is what weights may have on average, and --max-size, "
        "--max-bops, "
        "--max-latency, --max-memory, --max-drop and --pareto ask for other things");
  return goals;
}

}  // namespace zsq::apps
