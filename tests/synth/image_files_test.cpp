#include "synth/image_files.h"

#include <fstream>

#include <gtest/gtest.h>
#include <opencv2/imgcodecs.hpp>
#include <torch/types.h>

#include "graph/check.h"
#include "graph/file.h"
#include "synth/contact_sheet.h"
#include "synth/options.h"

namespace zsq::synth {
namespace {

namespace fs = std::filesystem;

class ImageFiles : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path path() const { return folder_ / "images.safetensors"; }
  static SavedImages some_images() {
    return {torch::linspace(-2, 2, 2 * 3 * 4 * 5).reshape({2, 3, 4, 5}), "net", R"({"steps":3})",
            18446744073709551615U};
  }
  void expect_data_error(const Shape& input = {1, 3, 4, 5}) const {
    try {
      load_images(path(), input);
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(error.fault(), Fault::data) << error.what();
      EXPECT_NE(std::string(error.what()).find("images.safetensors"), std::string::npos) << error.what();
    }
  }

  fs::path folder_;
};

TEST_F(ImageFiles, ComeBackAsTheyWere) {
  const SavedImages set = some_images();
  save_images(path(), set);
  const SavedImages back = load_images(path(), {1, 3, 4, 5});
  EXPECT_TRUE(torch::equal(back.images, set.images));
  EXPECT_EQ(back.network, set.network);
  EXPECT_EQ(back.recipe, set.recipe);
  EXPECT_EQ(back.seed, set.seed);
}

TEST_F(ImageFiles, RefuseWhatTheNetworkDoesNotTake) {
  save_images(path(), some_images());
  expect_data_error({1, 3, 5, 4});
  expect_data_error({1, 1, 4, 5});
}

TEST_F(ImageFiles, RefuseEveryTruncation) {
  save_images(path(), some_images());
  const std::string whole = read_file(path());
  for (std::size_t length = 0; length < whole.size(); length += 7) {
    std::ofstream(path(), std::ios::binary) << std::string_view(whole).substr(0, length);
    expect_data_error();
  }
  fs::remove(path());
  expect_data_error();
}

TEST_F(ImageFiles, RefuseWhatIsNotANumber) {
  SavedImages set = some_images();
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    set.images[1][2][3][4] = bad;
    save_images(path(), set);
    expect_data_error();
  }
}

TEST_F(ImageFiles, OfShardsAreFoundInOrderAndAllOfThem) {
  EXPECT_TRUE(shard_files(folder_).empty());
  EXPECT_EQ(shard_file("report", {0, 1}, ".json"), "report.json");
  for (int i = 0; i < 11; ++i) std::ofstream(folder_ / shard_file("images", {i, 11}, ".safetensors"));
  const auto files = shard_files(folder_);
  ASSERT_EQ(files.size(), 11U);
  EXPECT_EQ(files[10].filename(), "images-10-of-11.safetensors");
  fs::remove(files[3]);
  EXPECT_THROW(shard_files(folder_), Error);
}

TEST_F(ImageFiles, AContactSheetShowsTheImages) {
  Preprocessing preprocessing;
  preprocessing.mean = {0, 0, 0};
  preprocessing.deviation = {1, 1, 1};
  torch::Tensor images = torch::zeros({5, 3, 16, 16});
  images[0][0] = 1;  // the first one is red
  const fs::path sheet = folder_ / "sheet.png";
  write_contact_sheet(sheet, images, preprocessing);
  const cv::Mat back = cv::imread(sheet.string());
  EXPECT_EQ(back.cols, 3 * 128 + 4 * 4);
  EXPECT_EQ(back.rows, 2 * 128 + 3 * 4);
  EXPECT_EQ(back.at<cv::Vec3b>(64, 64), (cv::Vec3b{0, 0, 255}));
  EXPECT_EQ(back.at<cv::Vec3b>(64, 64 + 132), (cv::Vec3b{0, 0, 0}));
  preprocessing.channels = Preprocessing::Channels::bgr;
  write_contact_sheet(sheet, images, preprocessing);
  EXPECT_EQ(cv::imread(sheet.string()).at<cv::Vec3b>(64, 64), (cv::Vec3b{255, 0, 0}));
  EXPECT_THROW(write_contact_sheet(sheet, torch::zeros({1, 2, 4, 4}), preprocessing), Error);
  EXPECT_THROW(write_contact_sheet(folder_ / "missing" / "sheet.png", images, preprocessing), Error);
}

}  // namespace
}  // namespace zsq::synth
