#include <gtest/gtest.h>

#include "report/base64.h"
#include "report/document.h"
#include "report/pages.h"

namespace zsq::report {
namespace {

int count(const std::string& text, const std::string& what) {
  int n = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++n;
  return n;
}

Study study_of(int layers) {
  Study study{.network = "<script>alert(1)</script>", .plan = "p.zsq", .images = "8 images"};
  for (int i = 0; i < layers; ++i) {
    StudyLayer l{.name = "layer" + std::to_string(i) + "&\"<x>",
                 .step = "conv2d 3x3",
                 .weight_bits = 8,
                 .activation_bits = 8,
                 .alone_db = 40.0 - i % 7,
                 .accumulated_db = 30,
                 .noise_share = 100.0 / layers};
    l.activations = l.activations_equalized = {.low = -1, .high = 2.5 + i, .channels = 16};
    if (i % 2 == 0) l.weights_folded = Spread{.low = -1, .high = 1};
    l.histogram = {-1, 2.5 + i, std::vector<std::int64_t>(64, 3), -1.1, 2};
    study.layers.push_back(std::move(l));
  }
  return study;
}

TEST(Base64, IsThatOfTheStandard) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64("\xff\xfe\xfd"), "//79");
}

TEST(Html, NeedsNothingElse) {
  const std::string text = to_html({"A & B", "c", study_sections(study_of(100))});
  for (const char* outside : {"<script", "http://", "https://", "src=\"/", "@import", "url("})
    EXPECT_EQ(count(text, outside),
              std::string(outside) == "http://" ? count(text, "http://www.w3.org/2000/svg") : 0)
        << outside;
  EXPECT_LT(text.size(), 1'000'000U) << "of a network of 100 layers";
}

TEST(Html, WritesNamesAsText) {
  const std::string text = to_html({"t", "s", study_sections(study_of(3))});
  EXPECT_EQ(count(text, "<script"), 0);
  EXPECT_GT(count(text, "&lt;script&gt;"), 0);
  EXPECT_EQ(count(text, "layer1&\""), 0);
}

TEST(Html, ChartsHaveNamesAndCanBeReachedByKeys) {
  const std::string text = to_html({"t", "s", study_sections(study_of(5))});
  EXPECT_GT(count(text, "<svg "), 8);
  EXPECT_EQ(count(text, "<svg "), count(text, "role=\"img\" aria-label=\""));
  EXPECT_EQ(count(text, "class=\"wide\""),
            count(text, "class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\""));
}

TEST(Html, EveryElementIsClosed) {
  const std::string text = to_html({"t", "s", study_sections(study_of(5))});
  for (const char* name : {"section", "figure", "details", "table", "tr", "td", "dl", "svg", "text", "div"})
    EXPECT_EQ(count(text, "<" + std::string(name) + " ") + count(text, "<" + std::string(name) + ">"),
              count(text, "</" + std::string(name) + ">"))
        << name;
}

TEST(Svg, StandsAlone) {
  const auto files = svg_files({"t", "s", study_sections(study_of(4))});
  EXPECT_EQ(files.size(), 9U);
  for (const auto& [name, bytes] : files) {
    EXPECT_EQ(name.find('/'), std::string::npos);
    EXPECT_TRUE(bytes.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\"")) << name;
    EXPECT_EQ(count(bytes, "nan"), 0) << name;
    EXPECT_EQ(count(bytes, "inf"), 0) << name;
  }
}

TEST(Svg, OfNothingIsStillOne) {
  for (const ChartKind kind : {ChartKind::lines, ChartKind::bars, ChartKind::histogram}) {
    const std::string svg =
        to_svg({.title = "t", .unit = "u", .kind = kind, .series = {{"s", {}}}}, Placed::alone);
    EXPECT_EQ(count(svg, "nan"), 0) << svg;
    EXPECT_EQ(count(svg, "inf"), 0) << svg;
  }
}

}  // namespace
}  // namespace zsq::report
