#include <algorithm>
#include <iostream>
#include <new>

#include <c10/util/Exception.h>

#include "apps/command.h"
#include "apps/interrupt.h"
#include "apps/version.h"
#include "graph/check.h"
#include "synth/progress.h"

namespace zsq::apps {
namespace {

constexpr int kInterrupted = 130;

std::vector<Command> commands() {
  return {inspect_command(), synth_command(),  quantize_command(), eval_command(),
          run_command(),     verify_command(), compare_command(),  doctor_command()};
}

std::string overview() {
  std::string text =
      "zsq " + std::string(kVersion) +
      ": quantizes pretrained convolutional networks without data, and runs them in integers.\n\n"
      "usage: zsq COMMAND ...          zsq COMMAND --help tells more, with an example\n\n";
  for (const Command& command : commands())
    text += "  " + command.spec.name + std::string(10 - command.spec.name.size(), ' ') +
            command.spec.summary + "\n";
  return text +
         "\nFirst steps:\n  zsq quantize model.pt -o model.zsq\n"
         "  zsq eval model.zsq --float model.pt --data images/\n";
}

int dispatch(const std::vector<std::string>& words) {
  if (words.empty() || words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
    std::cout << overview();
    return words.empty() ? static_cast<int>(Fault::usage) : 0;
  }
  if (words[0] == "--version") {
    std::cout << "zsq " << kVersion << '\n';
    return 0;
  }
  std::vector<std::string> names;
  for (const Command& command : commands()) {
    names.push_back(command.spec.name);
    if (command.spec.name != words[0]) continue;
    const Arguments arguments = parse(command.spec, {words.begin() + 1, words.end()});
    if (!arguments.flag("help")) return command.run(arguments);
    std::cout << help(command.spec);
    return 0;
  }
  const std::string near = nearest(words[0], names);
  fail(Fault::usage, "there is no command '", words[0], "'",
       near.empty() ? "; 'zsq --help' lists them" : "; did you mean '" + near + "'?");
}

int run(const std::vector<std::string>& words) {
  const auto say = [](const std::string& sentence, Fault fault) {
    std::cerr << "zsq: " << sentence << '\n';
    return static_cast<int>(fault);
  };
  try {
    const int code = dispatch(words);
    std::cout.flush();
    check(std::cout.good(), Fault::data, "stdout cannot be written to");
    return code;
  } catch (const Error& e) {
    return say(e.what(), e.fault());
  } catch (const synth::Interrupted&) {
    std::cerr << "zsq: interrupted; nothing was written\n";
    return kInterrupted;
  } catch (const std::bad_alloc&) {
    return say("there is not enough memory; a smaller --batch or --count needs less", Fault::device);
  } catch (const c10::Error& e) {
    return say(
        "LibTorch could not finish, most likely for lack of memory; a smaller --batch or --count needs less",
        Fault::device);
  } catch (const std::filesystem::filesystem_error& e) {
    return say(e.path1().string() + ": " + e.code().message(), Fault::data);
  }
}

}  // namespace
}  // namespace zsq::apps

int main(int argc, char** argv) {
  zsq::apps::catch_interrupts();
  return zsq::apps::run({argv + 1, argv + argc});
}
