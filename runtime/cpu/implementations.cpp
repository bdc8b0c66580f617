#include <array>
#include <sstream>

#include "graph/check.h"
#include "runtime/cpu/implementation.h"
#include "runtime/cpu/instruction_sets.h"
#include "runtime/cpu/portable/loop_implementation.h"
#include "runtime/cpu/reference.h"
#include "runtime/session.h"

namespace zsq::runtime {
namespace cpu {
namespace {

/// "avx2, portable and reference".
std::string names_here() {
  std::ostringstream text;
  const auto all = implementations();
  for (std::size_t i = 0; i < all.size(); ++i)
    text << (i == 0 ? "" : i + 1 == all.size() ? " and " : ", ") << all[i]->name();
  return text.str();
}

bool is_known(std::string_view name) {
  for (const InstructionSet& set : instruction_sets())
    if (set.name == name) return true;
  return false;
}

}  // namespace

std::int64_t Implementation::channel_multiple(const Plan&, Stage, SlotId) const { return 1; }

std::string Implementation::way(const Plan&, Stage) const { return ""; }

std::int64_t Implementation::packed_bytes(const Plan&, Stage) const { return 0; }

std::span<const Implementation* const> implementations() {
  static const auto kAll = [] {
    std::vector<std::unique_ptr<Implementation>> all;
    for (const InstructionSet& set : instruction_sets())
      if (set.is_here()) all.push_back(make_loop_implementation(set));
    all.push_back(make_reference_implementation());
    return all;
  }();
  static const auto kPointers = [] {
    std::vector<const Implementation*> pointers;
    for (const auto& one : kAll) pointers.push_back(one.get());
    return pointers;
  }();
  return kPointers;
}

std::span<const Implementation* const> implementations_from(std::string_view name) {
  const auto all = implementations();
  if (name.empty()) return all;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i]->name() == name) return all.subspan(i);
  fail(Fault::device, "the cpu path '", name,
       is_known(name) ? "' needs instructions that this machine does not have" : "' is unknown",
       "; here are ", names_here());
}

}  // namespace cpu

std::vector<std::string> cpu_paths() {
  std::vector<std::string> names;
  for (const cpu::Implementation* one : cpu::implementations()) names.emplace_back(one->name());
  return names;
}

}  // namespace zsq::runtime
