#include <cstdlib>

#include <nlohmann/json.hpp>

#include "tests/e2e/folder.h"
#include "tests/e2e/sample.h"

/// What the program says of itself to shells and to man, as those read it.
namespace zsq::e2e {
namespace {

const std::vector<std::string> kCommands{"inspect", "synth",   "quantize", "eval",       "run",
                                         "verify",  "compare", "doctor",   "completion", "man"};

/// The words bash offers for the last of `line`, each with a newline.
std::string offered(const Folder& folder, const std::string& line, int index) {
  folder.write("zsq.bash", folder.run({"completion", "bash"}).out);
  const std::string script = "source ./zsq.bash; COMP_WORDS=(" + line +
                             "); COMP_CWORD=" + std::to_string(index) +
                             "; _zsq; printf '%s\\n' \"${COMPREPLY[@]}\"";
  const Ended ended = run_zsq({"-c", script}, {.folder = folder.path(), .binary = "/bin/bash"});
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(ended.err, "");
  return ended.out;
}

TEST(Completion, OfBashOffersWhatFits) {
  const Folder folder;
  folder.write("resnet.pt", "");
  EXPECT_EQ(offered(folder, "zsq qua", 1), "quantize\n");
  EXPECT_EQ(offered(folder, "zsq quantize --wb", 2), "--wbits\n");
  EXPECT_EQ(offered(folder, "zsq quantize --weight-r", 2), "--weight-range\n");
  EXPECT_EQ(offered(folder, "zsq eval --device c", 3), "cpu\ncuda\n");
  EXPECT_EQ(offered(folder, "zsq quantize res", 2), "resnet.pt\n");
  EXPECT_EQ(offered(folder, "zsq quantize -o res", 3), "resnet.pt\n");
  EXPECT_EQ(offered(folder, "zsq quantize --images noi", 3), "noise\n");
  EXPECT_EQ(offered(folder, "zsq completion z", 2), "zsh\n");
  EXPECT_EQ(offered(folder, "zsq help ver", 2), "verify\n");
  EXPECT_EQ(offered(folder, "zsq quantize --seed res", 3), "\n");  // a number, no file
}

/// The shells' own checks of the grammar where they are installed; that nothing is left out always.
TEST(Completion, OfEachShellHoldsEveryOptionOfTheHelp) {
  const Folder folder;
  for (const std::string shell : {"bash", "zsh", "fish"}) {
    const Ended ended = folder.run({"completion", shell});
    EXPECT_EQ(ended.code, 0) << ended.err;
    for (const std::string& command : kCommands)
      EXPECT_NE(ended.out.find(command), std::string::npos) << shell << ": " << command;
    for (const std::string option : {"wbits", "rounding", "cpu-path", "keep", "real", "crop", "output"})
      EXPECT_NE(ended.out.find(option), std::string::npos) << shell << ": " << option;
    folder.write("script", ended.out);
    const std::string program = shell == "bash" ? "/bin/bash" : "/usr/bin/" + shell;
    if (!std::filesystem::exists(program)) continue;
    const Ended checked = run_zsq({"-n", "script"}, {.folder = folder.path(), .binary = program});
    EXPECT_EQ(checked.code, 0) << checked.err;
  }
  expect_refusal(folder, {"completion", "tcsh"}, 2, "bash, zsh or fish");
}

TEST(ManPage, HoldsEveryCommandAndPleasesGroff) {
  const Folder folder;
  const Ended page = folder.run({"man"});
  EXPECT_EQ(page.code, 0) << page.err;
  EXPECT_TRUE(page.out.starts_with(".TH ZSQ 1")) << page.out.substr(0, 80);
  for (const std::string& command : kCommands)
    EXPECT_NE(page.out.find("\n.SS zsq " + command), std::string::npos) << command;
  EXPECT_NE(page.out.find("\\fB\\-\\-weight\\-range\\fR \\fImin\\-max|mse\\fR"), std::string::npos);
  folder.write("zsq.1", page.out);
  if (!std::filesystem::exists("/usr/bin/groff")) return;
  const Ended printed = run_zsq({"-man", "-Tascii", "-P-cbou", "-ww", "zsq.1"},
                                {.folder = folder.path(), .binary = "/usr/bin/groff"});
  EXPECT_EQ(printed.err, "");
  EXPECT_NE(printed.out.find("zsq quantize MODEL"), std::string::npos);
}

}  // namespace
}  // namespace zsq::e2e
