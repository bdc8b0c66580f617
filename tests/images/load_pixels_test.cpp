#include "images/load_pixels.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include "graph/check.h"
#include "tests/images/temporary_folder.h"

namespace zsq::images {
namespace {

/// A binary PPM of one colour.
std::string ppm(int height, int width, const std::string& rgb) {
  std::string bytes = "P6\n" + std::to_string(width) + " " + std::to_string(height) + "\n255\n";
  for (int i = 0; i < height * width; ++i) bytes += rgb;
  return bytes;
}

class LoadPixels : public testing::Test {
 protected:
  torch::Tensor load(const std::string& bytes, const Shape& input, const Preprocessing& p = {}) const {
    const Picture picture{folder_.write("a.ppm", bytes)};
    return load_pixels({&picture, 1}, p, input);
  }

  TemporaryFolder folder_;
};

TEST_F(LoadPixels, GivesPixelsInTheNetworksOrder) {
  const std::string bytes = ppm(2, 3, "\x01\x02\x03");
  const auto rgb = load(bytes, {1, 3, 2, 3});
  EXPECT_EQ(rgb.sizes(), (std::vector<std::int64_t>{1, 2, 3, 3}));
  EXPECT_TRUE(torch::equal(rgb[0][1][2], torch::tensor({1, 2, 3}, torch::kUInt8)));
  const auto bgr = load(bytes, {1, 3, 2, 3}, {.channels = Preprocessing::Channels::bgr});
  EXPECT_TRUE(torch::equal(bgr[0][1][2], torch::tensor({3, 2, 1}, torch::kUInt8)));
}

TEST_F(LoadPixels, GivesGreyPixelsToANetworkOfOneChannel) {
  const auto grey = load(ppm(2, 3, "\x50\x50\x50"), {1, 1, 2, 3});
  EXPECT_EQ(grey.sizes(), (std::vector<std::int64_t>{1, 2, 3, 1}));
  EXPECT_TRUE((grey == 0x50).all().item<bool>());
}

/// A picture has one channel or three: for any other number of them what would be read lies beyond it.
TEST_F(LoadPixels, RefusesANetworkOfAnotherNumberOfChannels) {
  for (const std::int64_t channels : {2, 4, 5, 64}) {
    try {
      load(ppm(2, 3, "abc"), {1, channels, 2, 3});
      ADD_FAILURE() << channels << " channels were made of a picture";
    } catch (const Error& e) {
      EXPECT_EQ(e.fault(), Fault::data);
      const std::string what = e.what();
      EXPECT_NE(what.find("a.ppm"), std::string::npos) << what;
      EXPECT_NE(what.find("takes " + std::to_string(channels) + " channels"), std::string::npos) << what;
    }
  }
}

TEST_F(LoadPixels, CropsTheCentreUnlessAPlaceIsGiven) {
  std::string bytes = "P6\n4 1\n255\n";
  for (char x = 0; x < 4; ++x) bytes += std::string(3, x);
  const auto columns = [&](std::optional<int> column) {
    const auto cropped = load(bytes, {1, 3, 1, 2}, {.crop = Preprocessing::Crop{1, 2, 0, column}});
    return std::pair(cropped[0][0][0][0].item<int>(), cropped[0][0][1][0].item<int>());
  };
  EXPECT_EQ(columns({}), std::pair(1, 2));
  EXPECT_EQ(columns(0), std::pair(0, 1));
  EXPECT_EQ(columns(2), std::pair(2, 3));
  EXPECT_THROW(columns(3), Error);
}

}  // namespace
}  // namespace zsq::images
