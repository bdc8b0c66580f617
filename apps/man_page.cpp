#include "apps/completion.h"
#include "apps/version.h"

namespace zsq::apps {
namespace {

/// As roff prints it letter by letter: a dash is the one that is typed, and no line begins a request.
std::string plain(const std::string& text) {
  std::string safe;
  for (const char c : text) safe += c == '\\' ? std::string("\\e") : c == '-' ? "\\-" : std::string(1, c);
  return (safe.starts_with('.') || safe.starts_with('\'') ? "\\&" : "") + safe;
}

std::string option_entry(const OptionSpec& option) {
  std::string names = "\\fB\\-\\-" + plain(long_name(option)) + "\\fR";
  if (!short_name(option).empty()) names = "\\fB\\-" + plain(short_name(option)) + "\\fR, " + names;
  if (!option.value.empty()) names += " \\fI" + plain(option.value) + "\\fR";
  const std::string standard =
      option.default_value.empty() ? "" : " (default: " + plain(option.default_value) + ")";
  return ".TP\n" + names + "\n" + plain(option.help) + standard + "\n";
}

std::string section_of(const CommandSpec& spec) {
  std::string text = ".SS zsq " + plain(spec.name) +
                     (spec.positional.empty() ? "" : " " + plain(spec.positional)) + "\n" +
                     plain(spec.summary) + "\n";
  for (const OptionSpec& option : spec.options) text += option_entry(option);
  return text + ".PP\nExample:\n.PP\n.RS\n.nf\n" + plain(spec.example) + "\n.fi\n.RE\n";
}

}  // namespace

std::string man_page(const std::vector<CommandSpec>& specs) {
  std::string text = ".TH ZSQ 1 \"\" \"zsq " + std::string(kVersion) +
                     "\" \"User commands\"\n"
                     ".SH NAME\nzsq \\- quantize pretrained convolutional networks without data\n"
                     ".SH SYNOPSIS\n\\fBzsq\\fR \\fICOMMAND\\fR ...\n.br\n\\fBzsq help\\fR \\fICOMMAND\\fR\n"
                     ".SH DESCRIPTION\n"
                     "zsq makes integer programs of pretrained convolutional networks without their training "
                     "data, and runs them in integers.\n"
                     ".SH COMMANDS\n";
  for (const CommandSpec& spec : specs) text += section_of(spec);
  return text +
         ".SH ENVIRONMENT\n.TP\n\\fBZSQ_CPU_PATH\\fR\nhow the cpu computes where \\-\\-cpu\\-path does not "
         "say\n"
         ".SH EXIT STATUS\n"
         ".TP\n0\nall went well\n"
         ".TP\n1\na mistake of zsq's\n"
         ".TP\n2\nan option or an argument\n"
         ".TP\n3\na model or a plan that cannot be read\n"
         ".TP\n4\na readable model that asks for something zsq does not do\n"
         ".TP\n5\nimages, labels, or a folder to write to\n"
         ".TP\n6\na goal that was not met\n"
         ".TP\n7\ntwo devices disagree, or a plan breaks its proof\n"
         ".TP\n8\na device, memory or a library that is not there\n"
         ".TP\n130\ninterrupted\n";
}

}  // namespace zsq::apps
