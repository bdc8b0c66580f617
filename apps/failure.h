#pragma once

#include <exception>
#include <string>

namespace zsq::apps {

/// How the program ends when something was thrown.
struct Failure {
  int code;  // of the exit: a Fault's value, 130 where Ctrl-C was pressed, 1 for a mistake of zsq's
  std::string sentence;  // one line for the user
};

/// Of any exception that may come up to main: ours, the JSON library's and the language's. error is not null.
Failure failure_of(const std::exception_ptr& error);

/// Says it on stderr; returns its code.
int report(const Failure& failure);

/// Of another library's text: what follows is about where in that library it happened.
std::string first_line(const std::string& text);

}  // namespace zsq::apps
