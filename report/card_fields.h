#pragma once

#include <span>
#include <string_view>

namespace zsq::report {

/// What a difference in a fact means for two accuracies.
enum class Role {
  confounds,   // they answer different questions, so they must not be ranked
  method,      // it is what a comparison may be about
  chance,      // seeds and what follows from them
  result,      // what came out
  incidental,  // it decides no accuracy
};

constexpr std::string_view name(Role role) {
  switch (role) {
    case Role::confounds: return "confounds";
    case Role::method: return "method";
    case Role::chance: return "chance";
    case Role::result: return "result";
    case Role::incidental: return "incidental";
  }
  return {};
}

/// One fact that a card may hold.
struct CardField {
  std::string_view key;    // "weights.bits"
  std::string_view label;  // for a person
  Role role;
};

/// All of them, section after section, in the order in which a card is read.
std::span<const CardField> card_fields();

/// "Weights" of "weights": the heading of a section.
std::string_view heading(std::string_view section);

}  // namespace zsq::report
