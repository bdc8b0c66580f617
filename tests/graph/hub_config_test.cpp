#include "graph/hub_config.h"

#include <cstdlib>

#include <gtest/gtest.h>

#include "graph/check.h"
#include "graph/file.h"

namespace zsq {
namespace {

std::string seed(const char* name) {
  return read_file(std::filesystem::path(std::getenv("ZSQ_SOURCE_DIR")) / "tests/fuzz/seeds/hub_config" /
                   name);
}

TEST(HubConfig, OfTimm) {
  const auto found = parse_hub_config(seed("timm"), "config.json");
  ASSERT_TRUE(found && found->preprocessing);
  EXPECT_EQ(found->input, (Shape{1, 3, 224, 224}));
  EXPECT_EQ(found->preprocessing->resize->shorter_side, 235);  // floor(224 / 0.95)
  EXPECT_EQ(found->preprocessing->crop->height, 224);
  EXPECT_EQ(found->preprocessing->mean, (std::vector{0.485, 0.456, 0.406}));
  ASSERT_EQ(found->warnings.size(), 1U);
  EXPECT_NE(found->warnings[0].find("'bicubic'"), std::string::npos);
}

TEST(HubConfig, OfTransformers) {
  const auto found = parse_hub_config(seed("transformers"), "preprocessor_config.json");
  ASSERT_TRUE(found && found->preprocessing);
  EXPECT_EQ(found->input, (Shape{1, 3, 224, 224}));
  EXPECT_EQ(found->preprocessing->resize->shorter_side, 256);
  EXPECT_EQ(found->preprocessing->deviation, (std::vector{0.5, 0.5, 0.5}));
  EXPECT_TRUE(found->warnings.empty());
  const auto unscaled = parse_hub_config(
      R"({"image_mean": [127.5, 127.5, 127.5], "image_std": [255, 255, 255], "do_rescale": false,
          "do_flip_channel_order": true, "size": {"height": 96, "width": 80}, "do_center_crop": false, "crop_size": 64})",
      "x");
  EXPECT_EQ(unscaled->preprocessing->mean, (std::vector{0.5, 0.5, 0.5}));
  EXPECT_EQ(unscaled->preprocessing->deviation, (std::vector{1.0, 1.0, 1.0}));
  EXPECT_EQ(unscaled->preprocessing->channels, Preprocessing::Channels::bgr);
  EXPECT_EQ(unscaled->preprocessing->resize->width, 80);
  EXPECT_FALSE(unscaled->preprocessing->crop);
}

TEST(HubConfig, OtherFilesOfThatNameArePassedOver) {
  for (const char* text : {"", "no json", "[1]", "{}", R"({"architectures": ["Bert"], "mean": 1})", "7"})
    EXPECT_FALSE(parse_hub_config(text, "x")) << text;
}

TEST(HubConfig, SettingsThatMakeNoSenseAreRefused) {
  const auto changed = [](const char* name, const std::string& from, const std::string& to) {
    std::string text = seed(name);
    text.replace(text.find(from), from.size(), to);
    return text;
  };
  for (const std::string& text :
       {changed("timm", "[3, 224, 224]", "[3, 224]"), changed("timm", "0.95", "7"),
        changed("timm", "0.229", "0"), changed("transformers", "256", "-1"),
        changed("transformers", "0.00392156862745098", "0.5"),
        changed("transformers", R"({"height": 224, "width": 224})", R"({"height": 224})"),
        changed("transformers", "true", "3")})
    EXPECT_THROW(parse_hub_config(text, "x"), Error) << text;
}

}  // namespace
}  // namespace zsq
