#pragma once

#include <exception>
#include <string>

namespace zsq::apps {

/// How the program ends when something was thrown.
struct Failure {
  int code;  // of the exit: a Fault's value, 130 where Ctrl-C was pressed, 1 for a mistake of zsq's
  std::string sentence;  // one line for the user
};

/// Of any exception that may come up to main: ours, LibTorch's, OpenCV's, the JSON library's and the
/// language's. error is not null.
Failure failure_of(const std::exception_ptr& error);

}  // namespace zsq::apps
