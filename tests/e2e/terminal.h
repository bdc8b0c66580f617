#pragma once

#include <string>

namespace zsq::e2e {

/// A terminal of so many columns for a program to write to: what it writes can be read here.
class Terminal {
 public:
  /// Whether this machine has any; one without /dev/pts has none.
  static bool can_be_made();

  explicit Terminal(int columns);
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  int program_side() const { return program_; }

  /// Takes what has been written so far.
  void drain();
  const std::string& written() const { return written_; }

 private:
  int here_ = -1, program_ = -1;
  std::string written_;
};

/// What a person sees in the end of what was written: lines, each as the last carriage return and erasure
/// left it.
std::string screen(const std::string& written);

}  // namespace zsq::e2e
