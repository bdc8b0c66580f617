// --report: one HTML file of a run, and what a browser makes of it.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/e2e/facts.h"
#include "tests/e2e/folder.h"
#include "tests/e2e/sample.h"

namespace zsq::e2e {
namespace {

namespace fs = std::filesystem;

class Report : public testing::Test {
 protected:
  void SetUp() override {
    ZSQ_NEED_SAMPLE();
    folder_.write("plan.zsq", sample_plan());
    write_labelled(folder_, "set", 1);
  }
  void expect_report(const std::vector<std::string>& words, const std::string& file,
                     const std::vector<std::string>& parts) const {
    const Ended ended = folder_.run(words);
    ASSERT_EQ(ended.code, 0) << ended.err;
    const std::string text = folder_.read(file);
    EXPECT_TRUE(text.starts_with("<!doctype html>"));
    EXPECT_TRUE(text.ends_with("</html>\n"));
    for (const std::string& part : parts) EXPECT_NE(text.find(part), std::string::npos) << part;
  }
  std::vector<std::string> study(const std::string& report) const {
    return {"analyze", sample_model(), "plan.zsq", "--images", "noise", "--count",
            "4",       "--quiet",      "--report", report};
  }
  Folder folder_;
};

TEST_F(Report, OfEachCommandSaysWhatItIsOf) {
  auto words = study("a.html");
  words.insert(words.end(), {"--plots", "plots"});
  expect_report(words, "a.html", {"Dynamic range along the depth", "Histograms", "zsq analyze"});
  EXPECT_GT(std::distance(fs::directory_iterator(folder_ / "plots"), {}), 5);
  expect_report({"eval", "plan.zsq", "--data", "set", "--per-class", "--report", "e.html", "--quiet"},
                "e.html", {"top-1", "Right by class", "SHA-256 of its weights"});
  EXPECT_FALSE(fs::exists(folder_ / "plan.card.json")) << "no card was asked for";
  folder_.run({"synth", sample_model(), "-o", "images", "--count", "4", "--steps", "2", "--quiet", "--report",
               "s.html"});
  EXPECT_NE(folder_.read("s.html").find("How far the images are from what batch norms remember"),
            std::string::npos);
  const std::vector<std::string> quantize{"quantize", sample_model(), "--images", "noise",  "--count", "8",
                                          "-o",       "q.zsq",        "--report", "q.html", "--quiet"};
  expect_report(quantize, "q.html",
                {"nearest rounding", "data:image/png;base64,iVBOR", "zsq reproduce q.card.json"});
  auto shy = quantize;
  shy.insert(shy.end(), {"--keep", "none", "--force"});
  ASSERT_EQ(folder_.run(shy).code, 0);
  EXPECT_EQ(folder_.read("q.html").find("data:image/png"), std::string::npos);
}

TEST_F(Report, IsNotReplacedNorHalfWritten) {
  folder_.write("a.html", "precious");
  folder_.write("plots/x.svg", "precious");
  expect_refusal(folder_, study("a.html"), 5, "--force replaces it");
  expect_refusal(folder_, study("missing/a.html"), 5, "there is no such folder");
  auto plots = study("b.html");
  plots.insert(plots.end(), {"--plots", "plots"});
  expect_refusal(folder_, plots, 5, "--force writes into it");
  auto forced = study("a.html");
  forced.emplace_back("--force");
  const auto before = folder_.content();
  expect_refused(run_zsq(forced, {.folder = folder_.path(), .largest_file = 2000}), 5,
                 "a.html cannot be written");
  EXPECT_TRUE(folder_.content() == before);
}

/// Without any complaint on its console; a picture of it is made, too.
TEST_F(Report, IsShownByABrowser) {
  const std::string browser = "/usr/bin/chromium";
  if (!fs::exists(browser)) GTEST_SKIP() << "skipped: " << browser << " not found";
  ASSERT_EQ(folder_.run(study("a.html")).code, 0);
  const Ended shown =
      run_zsq({"--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--v=0",
               "--user-data-dir=" + (folder_ / "profile").string(), "--window-size=1400,2000",
               "--screenshot=" + (folder_ / "a.png").string(), "file://" + (folder_ / "a.html").string()},
              {.folder = folder_.path(), .binary = browser});
  EXPECT_EQ(shown.code, 0) << shown.err;
  EXPECT_EQ(shown.err.find("CONSOLE"), std::string::npos) << shown.err;
  EXPECT_GT(fs::file_size(folder_ / "a.png"), 20'000U);
}

}  // namespace
}  // namespace zsq::e2e
