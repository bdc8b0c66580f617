#pragma once

#include <sstream>
#include <stdexcept>
#include <string>

namespace zsq {

/// What kind of thing the user gave us that cannot be used. The program's exit code is its value.
enum class Fault : int {
  usage = 2,         // an option or an argument
  model = 3,         // a model or plan file that cannot be read
  unsupported = 4,   // a readable model that asks for something zsq does not do
  data = 5,          // images, labels, or a folder to write to
  target = 6,        // a goal the user set was not met
  verification = 7,  // two backends disagree, or a plan breaks its proof
  device = 8,        // a device or memory that is not there
};

/// A mistake in what the user gave us. Its message is one sentence for that user: what was wrong, with its
/// value and its place; what was needed; what to try.
class Error : public std::runtime_error {
 public:
  Error(Fault fault, const std::string& message) : std::runtime_error(message), fault_(fault) {}
  Fault fault() const { return fault_; }

 private:
  Fault fault_;
};

/// Throws Error with the parts streamed one after another.
template <class... Parts>
[[noreturn]] void fail(Fault fault, const Parts&... parts) {
  std::ostringstream message;
  (message << ... << parts);
  throw Error(fault, message.str());
}

/// Throws Error unless `ok`. The message is put together only on failure.
template <class... Parts>
void check(bool ok, Fault fault, const Parts&... parts) {
  if (!ok) fail(fault, parts...);
}

}  // namespace zsq
