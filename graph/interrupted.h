#pragma once

#include <stdexcept>

namespace zsq {

/// What work throws that was asked to stop. Not an Error, for nobody made a mistake; the program's exit code
/// is 130.
class Interrupted : public std::runtime_error {
 public:
  Interrupted() : std::runtime_error("interrupted") {}
};

}  // namespace zsq
