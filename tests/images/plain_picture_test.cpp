#include "images/codecs/plain_picture.h"

#include <gtest/gtest.h>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "graph/file.h"
#include "images/image_set.h"
#include "images/opencv/opencv_decoder.h"
#include "tests/shared_data.h"

/// OpenCV is the reference: whatever is decoded here is what it decodes.
namespace zsq::images {
namespace {

/// Smooth, noisy or both, with sharp edges.
cv::Mat painted(int rows, int cols, int type, int seed) {
  cv::RNG random(static_cast<std::uint64_t>(seed) + 1);
  cv::Mat picture(rows, cols, type);
  random.fill(picture, cv::RNG::UNIFORM, 0, 256);
  if (seed % 3 > 0) cv::GaussianBlur(picture, picture, {0, 0}, seed % 3 * 2.0);
  cv::rectangle(picture, {cols / 4, rows / 4}, {cols / 2, rows / 2}, cv::Scalar(250, 10, 120), cv::FILLED);
  return picture;
}

std::string encoded(const std::string& kind, const cv::Mat& picture, const std::vector<int>& how = {}) {
  std::vector<std::uint8_t> bytes;
  cv::imencode(kind, picture, bytes, how);
  return {bytes.begin(), bytes.end()};
}

/// Both decoders' pixels are the same, and it is one that is decoded here.
void expect_same(const std::string& bytes, std::int64_t channels, const std::string& what) {
  const auto mine = plain_picture(bytes, channels), theirs = opencv_decoder().decoded(bytes, channels);
  ASSERT_TRUE(theirs.has_value()) << what;
  ASSERT_TRUE(mine.has_value()) << what;
  EXPECT_TRUE(*mine == *theirs) << what;
}

TEST(PlainPicture, JpegsAreOpencvs) {
  for (int seed = 0; seed < 12; ++seed) {
    const int rows = 1 + seed * 7 % 40, cols = 1 + seed * 13 % 61;
    for (const int quality : {20, 75, 95, 100}) {
      const std::vector<int> how{cv::IMWRITE_JPEG_QUALITY, quality, cv::IMWRITE_JPEG_PROGRESSIVE, seed % 2};
      const std::string what = std::to_string(rows) + "x" + std::to_string(cols);
      expect_same(encoded(".jpg", painted(rows, cols, CV_8UC3, seed), how), 3, "colour " + what);
      const std::string grey = encoded(".jpg", painted(rows, cols, CV_8UC1, seed), how);
      expect_same(grey, 3, "grey as colour " + what);
      expect_same(grey, 1, "grey " + what);
    }
  }
}

TEST(PlainPicture, PngsAndPpmsAreOpencvs) {
  for (int seed = 0; seed < 12; ++seed) {
    const int rows = 1 + seed * 7 % 40, cols = 1 + seed * 13 % 61;
    for (const std::string kind : {".png", ".ppm", ".pgm"}) {
      const bool is_pgm = kind == ".pgm";
      if (!is_pgm) expect_same(encoded(kind, painted(rows, cols, CV_8UC3, seed)), 3, kind);
      const std::string grey = encoded(is_pgm ? kind : ".png", painted(rows, cols, CV_8UC1, seed));
      expect_same(grey, 3, kind);
      expect_same(grey, 1, kind);
    }
    expect_same(encoded(".png", painted(rows, cols, CV_8UC4, seed)), 3, "alpha");
  }
}

TEST(PlainPicture, LeavesTheRestToOpencv) {
  const cv::Mat colour = painted(9, 14, CV_8UC3, 1), deep(9, 14, CV_16UC3, cv::Scalar(70, 900, 65000));
  for (const char* kind : {".jpg", ".png", ".ppm"})
    EXPECT_FALSE(plain_picture(encoded(kind, colour), 1)) << kind;  // grey of colour
  EXPECT_FALSE(plain_picture(encoded(".png", deep), 3));
  EXPECT_FALSE(plain_picture(encoded(".ppm", deep), 3));
  EXPECT_FALSE(plain_picture(encoded(".bmp", colour), 3));
  for (const char* kind : {".jpg", ".png", ".ppm"}) {
    const std::string whole = encoded(kind, colour);
    for (std::size_t size = 0; size < whole.size(); ++size)
      EXPECT_FALSE(plain_picture(whole.substr(0, size), 3)) << kind << " of " << size << " bytes";
  }
}

/// Damage is either seen, and then OpenCV's to judge, or makes of both the same picture.
TEST(PlainPicture, DamagedOnesAreNoOthers) {
  for (const char* kind : {".jpg", ".png", ".ppm"}) {
    const std::string whole = encoded(kind, painted(12, 17, CV_8UC3, 2));
    for (std::size_t i = 0; i < whole.size(); ++i) {
      std::string bytes = whole;
      bytes[i] = static_cast<char>(bytes[i] ^ (1 << i % 8));
      const auto mine = plain_picture(bytes, 3);
      if (!mine) continue;
      const auto theirs = opencv_decoder().decoded(bytes, 3);
      ASSERT_TRUE(theirs.has_value()) << kind << " byte " << i;
      EXPECT_TRUE(*mine == *theirs) << kind << " byte " << i;
    }
  }
}

TEST(PlainPicture, RealPicturesAreOpencvs) {
  ZSQ_NEED_SHARED_DATA();
  for (const char* name : {"imagenet_val_dev", "cifar10_jpeg_dev", "cifar10_lossless/png"})
    for (const Picture& picture : spread(open_image_set(shared_data() / "images" / name), 40))
      expect_same(std::string(FileBytes(picture.file).view()), 3, picture.file.filename().string());
}

}  // namespace
}  // namespace zsq::images
