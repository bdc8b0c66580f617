#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace zsq::apps {

struct OptionSpec {
  std::string name;           // without dashes; "o,output" gives a short form too
  std::string value;          // what stands for its value in the help; empty: a flag
  std::string default_value;  // empty: none
  std::string help;
};

/// "output" of "o,output"; and "o", empty where there is none.
std::string long_name(const OptionSpec& option);
std::string short_name(const OptionSpec& option);

struct CommandSpec {
  std::string name;
  std::string positional;  // "MODEL", "IMAGE...", as the help shows it
  std::string summary;     // one line
  std::string example;     // can be pasted
  std::vector<OptionSpec> options;
};

/// A parsed command line. The readers throw Error (Fault::usage) that names the option, what was given and
/// what was needed.
class Arguments {
 public:
  Arguments(std::map<std::string, std::string> values, std::map<std::string, bool> flags,
            std::vector<std::string> positional)
      : values_(std::move(values)), flags_(std::move(flags)), positional_(std::move(positional)) {}

  bool has(const std::string& name) const { return values_.contains(name) || flag(name); }
  bool flag(const std::string& name) const { return flags_.contains(name) && flags_.at(name); }
  std::string text(const std::string& name) const;  // empty where it was not given and has no default
  std::int64_t integer(const std::string& name, std::int64_t low, std::int64_t high) const;
  double number(const std::string& name, double low, double high) const;
  const std::vector<std::string>& positional() const { return positional_; }

  /// The one positional argument; `what` is its name in the sentence.
  const std::string& only(const std::string& what) const;

 private:
  std::map<std::string, std::string> values_;
  std::map<std::string, bool> flags_;
  std::vector<std::string> positional_;
};

/// Throws Error (Fault::usage), with the nearest known option, for one that the command does not have.
Arguments parse(const CommandSpec& spec, const std::vector<std::string>& words);

std::string help(const CommandSpec& spec);

/// The integer that the whole of `text` is; throws Error (Fault::usage) beginning with `who`.
std::int64_t to_integer(const std::string& who, const std::string& text, std::int64_t low, std::int64_t high);

}  // namespace zsq::apps
