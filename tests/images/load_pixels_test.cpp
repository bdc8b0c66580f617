#include "images/load_pixels.h"

#include <gtest/gtest.h>
#include <opencv2/imgcodecs.hpp>

#include "graph/check.h"
#include "images/jpeg.h"
#include "images/opencv/opencv_decoder.h"
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
  Pixels load(const std::string& bytes, const Shape& input, const Preprocessing& p = {}) const {
    const Picture picture{folder_.write("a.ppm", bytes)};
    return load_pixels({&picture, 1}, p, input, opencv_decoder());
  }

  TemporaryFolder folder_;
};

TEST_F(LoadPixels, GivesPixelsInTheNetworksOrder) {
  const std::string bytes = ppm(2, 3, "\x01\x02\x03");
  const auto rgb = load(bytes, {1, 3, 2, 3});
  EXPECT_EQ(rgb, (Pixels{1, 2, 3, 3, {1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3}}));
  const auto bgr = load(bytes, {1, 3, 2, 3}, {.channels = Preprocessing::Channels::bgr});
  EXPECT_EQ(bgr, (Pixels{1, 2, 3, 3, {3, 2, 1, 3, 2, 1, 3, 2, 1, 3, 2, 1, 3, 2, 1, 3, 2, 1}}));
}

TEST_F(LoadPixels, GivesGreyPixelsToANetworkOfOneChannel) {
  const auto grey = load(ppm(2, 3, "\x50\x50\x50"), {1, 1, 2, 3});
  EXPECT_EQ(grey, (Pixels{1, 2, 3, 1, std::vector<std::uint8_t>(6, 0x50)}));
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

/// A JPEG picture of 16 x 8 pixels, its left half black and its right half white.
std::string jpeg() {
  cv::Mat picture(8, 16, CV_8UC3, cv::Scalar::all(0));
  picture.colRange(8, 16).setTo(cv::Scalar::all(255));
  std::vector<std::uint8_t> bytes;
  cv::imencode(".jpg", picture, bytes, {cv::IMWRITE_JPEG_QUALITY, 95});
  return {bytes.begin(), bytes.end()};
}

/// The same, and that a viewer is to turn it a quarter clockwise (EXIF 2.3, tag 0x0112, value 6).
std::string turned_jpeg() {
  using namespace std::string_literals;
  const std::string exif = "Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"s;
  const std::string segment = "\xFF\xE1\0"s + static_cast<char>(exif.size() + 2) + exif;
  return jpeg().insert(2, segment);
}

TEST_F(LoadPixels, TurnsAPictureAsItsExifSays) {
  const auto value = [](const Pixels& pixels, std::int64_t y, std::int64_t x) {
    return pixels.values[static_cast<std::size_t>((y * pixels.w + x) * pixels.c)];
  };
  const auto plain = load(jpeg(), {1, 3, 8, 16});
  EXPECT_LT(value(plain, 4, 1), 50);
  EXPECT_GT(value(plain, 4, 14), 200);
  for (const std::int64_t channels : {1, 3}) {
    const auto turned = load(turned_jpeg(), {1, channels, 16, 8});
    EXPECT_LT(value(turned, 1, 4), 50);  // what was left is on top
    EXPECT_GT(value(turned, 14, 4), 200);
  }
}

/// A decoder fills what is missing with grey and gives no sign of it.
TEST_F(LoadPixels, RefusesAJpegThatIsCutShort) {
  for (const std::string& whole : {jpeg(), turned_jpeg()}) {
    EXPECT_TRUE(is_whole_jpeg(whole));
    EXPECT_TRUE(is_whole_jpeg(whole + "what cameras put behind it"));
    for (std::size_t left = 3; left < whole.size(); ++left)
      ASSERT_FALSE(is_whole_jpeg(whole.substr(0, left))) << left << " of " << whole.size() << " bytes";
    EXPECT_THROW(load(whole.substr(0, whole.size() - 2), {1, 3, 8, 16}), Error);
  }
}

TEST_F(LoadPixels, CropsTheCentreUnlessAPlaceIsGiven) {
  std::string bytes = "P6\n4 1\n255\n";
  for (char x = 0; x < 4; ++x) bytes += std::string(3, x);
  const auto columns = [&](std::optional<int> column) {
    const auto cropped = load(bytes, {1, 3, 1, 2}, {.crop = Preprocessing::Crop{1, 2, 0, column}});
    return std::pair<int, int>(cropped.values[0], cropped.values[3]);
  };
  EXPECT_EQ(columns({}), std::pair(1, 2));
  EXPECT_EQ(columns(0), std::pair(0, 1));
  EXPECT_EQ(columns(2), std::pair(2, 3));
  EXPECT_THROW(columns(3), Error);
}

/// A record of CIFAR-10: its label, then a plane of each colour.
TEST_F(LoadPixels, ReadsARecord) {
  std::string records(2 * 3073, 'x');
  for (std::size_t i = 0; i < 3072; ++i)
    records[3074 + i] = static_cast<char>(i / 1024 * 50 + i % 32);  // of the second
  const Picture picture{folder_.write("a.bin", records), 1};
  const Pixels pixels = load_pixels({&picture, 1}, {}, {1, 3, 32, 32}, opencv_decoder());
  for (std::size_t i = 0; i < 3072; ++i) ASSERT_EQ(pixels.values[i], i % 3 * 50 + i / 3 % 32);
}

}  // namespace
}  // namespace zsq::images
