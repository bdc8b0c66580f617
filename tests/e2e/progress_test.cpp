#include <algorithm>
#include <sstream>

#include "tests/e2e/folder.h"
#include "tests/e2e/sample.h"
#include "tests/e2e/terminal.h"

/// What a long command says while it runs.
namespace zsq::e2e {
namespace {

const std::vector<std::string> kQuantize{"quantize", "", "-o", "plan.zsq", "--count", "64", "--steps", "40"};

std::vector<std::string> quantize() {
  auto words = kQuantize;
  words[1] = sample_model();
  return words;
}

/// The longest of what stood on one line of the terminal at a time.
std::size_t widest_line(const std::string& written) {
  std::size_t widest = 0, width = 0;
  for (std::size_t i = 0; i < written.size(); ++i) {
    if (written.compare(i, 3, "\033[K") == 0) {
      i += 2;
      continue;
    }
    width = written[i] == '\r' || written[i] == '\n' ? 0 : width + 1;
    widest = std::max(widest, width);
  }
  return widest;
}

TEST(Progress, OnATerminalIsOneLineWithABarThatGoesBeforeTheResult) {
  ZSQ_NEED_SAMPLE();
  if (!Terminal::can_be_made()) GTEST_SKIP() << "skipped: no terminal can be made here";
  const Folder folder;
  const Ended ended = run_zsq(quantize(), {.folder = folder.path(), .columns = 40});
  ASSERT_EQ(ended.code, 0) << ended.out;
  EXPECT_NE(ended.out.find("] synthesis: "), std::string::npos) << ended.out;
  const std::string progress = ended.out.substr(0, ended.out.find("step "));
  EXPECT_LT(widest_line(progress), 40U) << progress;
  const std::string seen = screen(ended.out);
  EXPECT_TRUE(seen.starts_with("step  ")) << seen;
  EXPECT_EQ(seen.find("synthesis: batch"), std::string::npos) << seen;
}

TEST(Progress, InAPipeIsLinesWithoutControlCharacters) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  const Ended ended = folder.run(quantize());
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_TRUE(ended.err.starts_with("synthesis: batch ")) << ended.err;
  EXPECT_EQ(ended.err.find_first_of("\033\r"), std::string::npos) << ended.err;
  EXPECT_EQ(ended.err.find('['), std::string::npos) << "a bar is for terminals: " << ended.err;
}

TEST(Progress, NamesItsPhases) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  folder.write("plan.zsq", sample_plan());
  folder.write("set/0/a.ppm", ppm(sample().height, sample().width, 1));
  const Ended ended = folder.run({"eval", "plan.zsq", "--float", sample_model(), "--data", "set"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const auto in_float = ended.err.find("float network: 1 of 1 images");
  ASSERT_NE(in_float, std::string::npos) << ended.err;
  EXPECT_GT(ended.err.find("integer program: 1 of 1 images"), in_float) << ended.err;
}

}  // namespace
}  // namespace zsq::e2e
