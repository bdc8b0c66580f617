#include <algorithm>
#include <cmath>
#include <memory>

#include <coin/Cbc_C_Interface.h>

#include "graph/check.h"
#include "search/integer_program.h"

namespace zsq::search {
namespace {

struct Deleter {
  void operator()(Cbc_Model* model) const { Cbc_deleteModel(model); }
};
using Model = std::unique_ptr<Cbc_Model, Deleter>;

/// The number of each option among the columns.
std::vector<std::size_t> first_columns(const IntegerProgram& program) {
  std::vector<std::size_t> first;
  std::size_t columns = 0;
  for (const Choice& choice : program.choices) {
    first.push_back(columns);
    columns += choice.options.size();
  }
  return first;
}

/// One row of the program: the columns that are in it, and what they count.
struct Row {
  std::vector<int> columns;
  std::vector<double> values;

  void add(std::size_t column, double value) {
    columns.push_back(static_cast<int>(column));
    values.push_back(value);
  }
  void add_to(Cbc_Model* model, char sense, double bound) const {
    Cbc_addRow(model, "", static_cast<int>(columns.size()), columns.data(), values.data(), sense, bound);
  }
};

/// What the losses are multiplied by. CBC takes no solution that is better by less than 1e-5, and its numbers
/// are best far from its tolerances.
double loss_unit(const IntegerProgram& program) {
  constexpr double kLargest = 1e4;
  double largest = 0;
  for (const Choice& choice : program.choices)
    for (const Option& option : choice.options) largest = std::max(largest, std::abs(option.loss));
  return largest > 0 ? kLargest / largest : 1;
}

void add_columns(Cbc_Model* model, const IntegerProgram& program) {
  const double unit = loss_unit(program);
  for (const Choice& choice : program.choices)
    for (const Option& option : choice.options)
      Cbc_addCol(model, "", 0, 1, option.loss * unit, /*isInteger=*/1, 0, nullptr, nullptr);
}

void add_choices(Cbc_Model* model, const IntegerProgram& program, const std::vector<std::size_t>& first) {
  for (std::size_t i = 0; i < program.choices.size(); ++i) {
    const Choice& choice = program.choices[i];
    Row one;
    for (std::size_t o = 0; o < choice.options.size(); ++o) one.add(first[i] + o, 1);
    one.add_to(model, 'E', 1);
    if (!choice.follows) continue;
    const std::size_t leader = *choice.follows;
    for (std::size_t k = 0; k < program.choices[leader].options.size(); ++k) {
      Row together;
      for (std::size_t o = 0; o < choice.options.size(); ++o)
        if (choice.options[o].of_leader == k) together.add(first[i] + o, 1);
      together.add(first[leader] + k, -1);
      together.add_to(model, 'E', 0);
    }
  }
}

/// Above what the cheapest options cost together, in units of what is then left: the row's bound is 1 - held
/// back. Returns false where nothing is left.
bool add_limit(Cbc_Model* model, const IntegerProgram& program, const std::vector<std::size_t>& first,
               std::size_t limit, double held_back) {
  std::vector<double> least;
  double sum = 0;
  for (const Choice& choice : program.choices) {
    double cheapest = choice.options[0].cost[limit];
    for (const Option& option : choice.options) cheapest = std::min(cheapest, option.cost[limit]);
    least.push_back(cheapest);
    sum += cheapest;
  }
  const double left = program.limits[limit].most - sum;
  if (left < 0) return false;
  Row row;
  const double unit = left > 0 ? 1 / left : 1;
  for (std::size_t i = 0; i < program.choices.size(); ++i)
    for (std::size_t o = 0; o < program.choices[i].options.size(); ++o) {
      const double above = (program.choices[i].options[o].cost[limit] - least[i]) * unit;
      if (above > 0) row.add(first[i] + o, above);
    }
  row.add_to(model, 'L', left > 0 ? 1 - held_back : 0);
  return true;
}

std::optional<Assignment> attempt(const IntegerProgram& program, double held_back) {
  const Model model(Cbc_newModel());
  Cbc_setLogLevel(model.get(), 0);
  Cbc_setParameter(model.get(), "ratioGap", "0");
  Cbc_setParameter(model.get(), "allowableGap", "0");
  const auto first = first_columns(program);
  add_columns(model.get(), program);
  add_choices(model.get(), program, first);
  for (std::size_t k = 0; k < program.limits.size(); ++k)
    if (!add_limit(model.get(), program, first, k, held_back)) return std::nullopt;
  Cbc_solve(model.get());
  if (!Cbc_isProvenOptimal(model.get()) || Cbc_getColSolution(model.get()) == nullptr) return std::nullopt;
  const double* x = Cbc_getColSolution(model.get());
  Assignment found;
  for (std::size_t i = 0; i < program.choices.size(); ++i) {
    const double* begin = x + first[i];
    found.push_back(
        static_cast<std::size_t>(std::max_element(begin, begin + program.choices[i].options.size()) - begin));
  }
  return found;
}

}  // namespace

bool has_solver() { return true; }

std::optional<Assignment> solve(const IntegerProgram& program) {
  // CBC keeps a limit up to a tolerance of its own; where that was used, a little is held back.
  for (const double held_back : {0.0, 1e-6, 1e-5, 1e-4}) {
    auto found = attempt(program, held_back);
    if (!found || is_within(program, *found)) return found;
  }
  fail(Fault::unsupported, "the solver keeps no limit of this program exactly");
}

}  // namespace zsq::search
