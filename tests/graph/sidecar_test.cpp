#include "graph/sidecar.h"

#include <cstdlib>

#include <gtest/gtest.h>

#include "graph/check.h"
#include "graph/file.h"
#include "tests/shared_data.h"

namespace zsq {
namespace {

SideCar parse(std::string_view text) { return parse_sidecar(text, "side.json", "."); }

TEST(SideCar, SimpleOne) {
  const SideCar s = parse(R"({"input": {"shape": [3, 24, 32], "mean_01": [0.5, 0.4, 0.3], "std_255": 51}})");
  EXPECT_EQ(s.input, (Shape{1, 3, 24, 32}));
  ASSERT_TRUE(s.preprocessing);
  EXPECT_EQ(s.preprocessing->mean, (std::vector<double>{0.5, 0.4, 0.3}));
  EXPECT_EQ(s.preprocessing->deviation, (std::vector<double>{0.2, 0.2, 0.2}));
  ASSERT_TRUE(s.preprocessing->resize);
  EXPECT_EQ(s.preprocessing->resize->height, 24);
  EXPECT_EQ(s.preprocessing->resize->width, 32);
}

TEST(SideCar, NothingIsNeeded) {
  const SideCar s = parse("{}");
  EXPECT_FALSE(s.input || s.preprocessing);
  EXPECT_TRUE(s.labels.empty());
  EXPECT_FALSE(parse(R"({"input": {"shape": [1, 1, 28, 28]}})").preprocessing);
}

TEST(SideCar, ShorterSideAndCentredCrop) {
  const SideCar s =
      parse(R"({"input": {"mean": 0.5, "std": 0.25, "channels": "BGR"}, "resize": 256, "crop": 224})");
  EXPECT_EQ(s.preprocessing->channels, Preprocessing::Channels::bgr);
  EXPECT_EQ(s.preprocessing->resize, (Preprocessing::Resize{.shorter_side = 256}));
  EXPECT_EQ(s.preprocessing->crop, (Preprocessing::Crop{224, 224, {}, {}}));
}

TEST(SideCar, PreparesEachSetInItsOwnWay) {
  const SideCar s = parse(R"({"input": {"mean_01": 0, "std_01": 1},
      "protocol": {"images/a": {"resize": 40, "crop": null}, "images/a/small": {"crop": 8}, "b": {}}})");
  const auto at = [&](const char* path) { return *preprocessing_for(path, s.image_sets, s.preprocessing); };
  EXPECT_EQ(at("/x/images/a/png").resize->shorter_side, 40);
  EXPECT_EQ(at("/x/images/a/small").crop->height, 8);
  EXPECT_FALSE(at("/x/b").resize);
  EXPECT_FALSE(at("/x/images/ab").crop);
  EXPECT_EQ(at("/elsewhere").resize->shorter_side, 40);  // as the first set
}

TEST(SideCar, RefusesWhatMakesNoSense) {
  for (const char* text :
       {"", "[]", "{", "{\"input\": 3}", R"({"name": 3})", R"({"input": {"shape": [3, 32]}})",
        R"({"input": {"shape": [3, 0, 32]}})", R"({"input": {"shape": [3, 1e9, 32]}})",
        R"({"input": {"shape": [3, 8, 8], "mean_01": [1, 2]}})", R"({"input": {"std_01": 0}})",
        R"({"input": {"std_01": -1}})", R"({"input": {"mean_01": "a"}})",
        R"({"input": {"mean_01": 0, "channels": "GRB"}})",
        R"({"input": {"mean_01": 0}, "resize": {"height": 3}})",
        R"({"input": {"mean_01": 0}, "resize": {"shorter_side": 3, "filter": "cubic"}})",
        R"({"input": {"mean_01": 0}, "crop": -1})", R"({"input": {"mean_01": 0}, "protocol": []})",
        R"({"class_names": [1]})", R"({"input": {"mean_01": 1e999}})"})
    EXPECT_THROW(parse(text), Error) << text;
  EXPECT_THROW(parse(std::string(100'000, '[')), Error);
}

TEST(SideCar, RefusesUnknownKeysAndNamesTheNearest) {
  const auto complaint = [](std::string_view text) {
    try {
      parse(text);
      return std::string("none");
    } catch (const Error& e) {
      return std::string(e.what());
    }
  };
  EXPECT_NE(complaint(R"({"class_name": ["a"]})").find("did you mean \"class_names\"?"), std::string::npos);
  EXPECT_NE(complaint(R"({"input": {"men_01": 0.5}})").find("\"input\" has the key \"men_01\""),
            std::string::npos);
  EXPECT_NE(complaint(R"({"inputs": {}})").find("did you mean \"input\"?"), std::string::npos);
  for (const char* text :
       {R"({"input": {"mean_01": 0, "std_01": 1}, "resize": {"hight": 3, "width": 3}})",
        R"({"input": {"mean_01": 0, "std_01": 1}, "crop": {"height": 3, "width": 3, "x": 1}})",
        R"({"input": {"mean_01": 0, "std_01": 1}, "protocol": {"a": {"size": 3}}})"})
    EXPECT_NE(complaint(text).find("means nothing here"), std::string::npos) << text;
  EXPECT_EQ(complaint(R"({"title": "mine", "_mine": {"anything": 1}, "input": {"_why": 1}})"), "none");
}

TEST(SideCar, IsAsItsDocumentSays) {
  const std::string text = read_file(std::string(std::getenv("ZSQ_SOURCE_DIR")) + "/docs/sidecar.md");
  for (const SideCarKeys& keys : sidecar_keys())
    for (const auto* list : {&keys.read, &keys.descriptive})
      for (const std::string& key : *list)
        EXPECT_NE(text.find('`' + key + '`'), std::string::npos)
            << "docs/sidecar.md does not tell of " << key;
  const auto begin = text.find("```json") + 7, end = text.find("```", begin);
  const SideCar s = parse(text.substr(begin, end - begin));
  EXPECT_TRUE(s.input && s.preprocessing && s.preprocessing->resize && s.preprocessing->crop);
  EXPECT_EQ(s.image_sets.size(), 1U);
  EXPECT_EQ(s.labels.size(), 2U);
}

TEST(SideCar, SaysTheLineOfASyntaxError) {
  try {
    parse("{\n\"input\": {\n,}}");
    FAIL();
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find("line 3"), std::string::npos) << e.what();
  }
}

TEST(SideCar, WarnsOfClassNamesOutOfReach) {
  EXPECT_EQ(parse(R"({"class_names": "no/such/file.txt"})").warnings.size(), 1U);
  EXPECT_EQ(parse(R"({"class_names": "../../etc/passwd"})").warnings.size(), 1U);
  EXPECT_EQ(parse(R"({"class_names": ["a", "b"]})").labels, (std::vector<std::string>{"a", "b"}));
}

TEST(SideCar, OfTheRealNetworks) {
  ZSQ_NEED_SHARED_DATA();
  const auto nets = shared_data() / "nets";
  const auto mcunet = find_sidecar(nets / "mcunet_320kb_imagenet.pt");
  ASSERT_TRUE(mcunet);
  EXPECT_EQ(mcunet->input, (Shape{1, 3, 176, 176}));
  ASSERT_EQ(mcunet->labels.size(), 1000U);
  EXPECT_EQ(mcunet->labels[0], "tench, Tinca tinca");
  const auto p = preprocessing_for(shared_data() / "images/imagenet_val_dev", mcunet->image_sets, {});
  EXPECT_EQ(p->crop, (Preprocessing::Crop{176, 176, 12, 12}));
  EXPECT_EQ(p->resize->filter, Preprocessing::Filter::bilinear_antialiased);
  EXPECT_EQ(find_sidecar(nets / "mobilenetv1_025_vww.pt")->labels.size(), 2U);
  EXPECT_FALSE(find_sidecar(nets / "absent.pt"));
}

}  // namespace
}  // namespace zsq
