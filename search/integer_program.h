#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

/// What is left of a search once everything is measured: one option of each choice, so that the losses' sum
/// is least and no cost's sum exceeds its limit.
namespace zsq::search {

struct Option {
  double loss = 0;
  std::vector<double> cost;   // one for each limit
  std::size_t of_leader = 0;  // where the choice follows another: which of that one's options goes with it
};

struct Choice {
  std::string name;
  std::vector<Option> options;         // one or more
  std::optional<std::size_t> follows;  // another choice, that follows none
};

struct Limit {
  std::string name;  // "average bits"
  double most = 0;   // of the costs' sum
};

struct IntegerProgram {
  std::vector<Choice> choices;
  std::vector<Limit> limits;
};

/// By choice, the index of its option.
using Assignment = std::vector<std::size_t>;

double loss_of(const IntegerProgram& program, const Assignment& assignment);
double cost_of(const IntegerProgram& program, const Assignment& assignment, std::size_t limit);
bool is_within(const IntegerProgram& program, const Assignment& assignment);  // all limits, and follows

/// Whether this build has a solver.
bool has_solver();

/// An assignment of the least loss, exactly; none where no assignment is within the limits. Throws Error
/// (Fault::unsupported) in a build without a solver.
std::optional<Assignment> solve(const IntegerProgram& program);

/// Why nothing is within the limits.
struct Tightest {
  std::string name;  // of the limit that has to give way least, in proportion
  double asked = 0;  // of it
  double reachable =
      0;  // least that it can be, all other limits kept (or alone, where these contradict each other)
  bool is_alone = false;  // whether it is out of reach even without the others
};

/// Requires that solve() found nothing. Throws as solve() does.
Tightest tightest(const IntegerProgram& program);

}  // namespace zsq::search
