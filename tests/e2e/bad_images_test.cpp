#include "tests/e2e/folder.h"
#include "tests/e2e/sample.h"

/// Images and labels that cannot be used: exit code 5, with the file and what was needed.
namespace zsq::e2e {
namespace {

using namespace std::string_literals;

class BadImages : public testing::Test {
 protected:
  void SetUp() override {
    ZSQ_NEED_SAMPLE();
    folder_.write("plan.zsq", sample_plan());
    picture_ = ppm(sample().height, sample().width, 1);
  }

  void expect_no_eval(const std::string& set, const std::string& part) {
    expect_refusal(folder_, {"eval", "plan.zsq", "--float", sample_model(), "--data", set}, 5, part);
  }

  void expect_no_quantize(const std::string& set, const std::string& part) {
    expect_refusal(folder_, {"quantize", sample_model(), "--images", set, "-o", "x.zsq"}, 5, part);
  }

  Folder folder_;
  std::string picture_;
};

TEST_F(BadImages, ThatAreNotThere) {
  std::filesystem::create_directory(folder_ / "empty");
  folder_.write("other/readme.txt", "no pictures");
  expect_no_eval("missing", "there is no such file or folder");
  expect_no_eval("empty", "no images found");
  expect_no_eval("other", "no images found");
  expect_no_eval("other/readme.txt", "is not a picture");
  expect_no_quantize("missing", "there is no such file or folder");
  expect_no_quantize("empty", "no images found");
  expect_refusal(folder_, {"run", "plan.zsq", "missing.png"}, 5, "missing.png");
}

TEST_F(BadImages, ThatCannotBeDecoded) {
  folder_.write("set/0/broken.png", "\x89PNG\r\n\x1a\n0000"s);
  folder_.write("cut.ppm", std::string_view(picture_).substr(0, 7));
  folder_.write("text.jpg", "not a picture");
  expect_no_eval("set", "broken.png: cannot be decoded");
  expect_no_quantize("text.jpg", "text.jpg: cannot be decoded");
  expect_refusal(folder_, {"run", "plan.zsq", "cut.ppm"}, 5, "cut.ppm");
}

/// The sample's side-car has images resized; without it they must be of the network's size.
TEST_F(BadImages, OfTheWrongSize) {
  const Sample& s = sample();
  const std::string input =
      std::to_string(s.channels) + "x" + std::to_string(s.height) + "x" + std::to_string(s.width);
  folder_.write("alone.pt", read_bytes(sample_model()));
  folder_.write("set/0/wide.ppm", ppm(s.height, s.width + 3, 1));
  const std::string found = "wide.ppm: is " + std::to_string(s.height) + "x" + std::to_string(s.width + 3);
  expect_refusal(folder_, {"eval", "alone.pt", "--input", input, "--data", "set"}, 5, found);
  expect_refusal(folder_,
                 {"quantize", "alone.pt", "--input", input, "--mean", "0.5", "--std", "0.5", "--images",
                  "set/0", "-o", "x.zsq"},
                 5, found);
  expect_refusal(folder_, {"eval", sample_model(), "--data", "set", "--crop", "999"}, 5,
                 "no 999x999 can be cropped");
}

/// By keeping its aspect ratio.
TEST_F(BadImages, ThatWouldBecomeTooLarge) {
  folder_.write("set/0/long.ppm", ppm(1, 4000, 1));
  expect_refusal(folder_, {"eval", sample_model(), "--data", "set", "--resize", "16384"}, 5,
                 "long.ppm: is 1x4000, which would become 16384x65536000");
}

TEST_F(BadImages, WithoutUsableLabels) {
  folder_.write("plain/a.ppm", picture_);
  folder_.write("high/a.ppm", picture_);
  folder_.write("high/labels.txt", "a.ppm " + std::to_string(sample().classes) + "\n");
  folder_.write("below/a.ppm", picture_);
  folder_.write("below/labels.txt", "a.ppm -1\n");
  for (int i = 0; i <= sample().classes; ++i) folder_.write("many/" + std::to_string(i) + "/a.ppm", picture_);
  expect_no_eval("plain", "has no labels");
  expect_no_eval("high", "its label is " + std::to_string(sample().classes));
  expect_no_eval("below", "label");
  expect_refusal(folder_, {"compare", sample_model(), "--data", "high", "--quiet"}, 5,
                 "high/a.ppm: its label is " + std::to_string(sample().classes) +
                     ", the network has classes 0 to " + std::to_string(sample().classes - 1));
  expect_refusal(folder_, {"eval", sample_model(), "--data", "high"}, 5, "high/a.ppm: its label is");
  expect_no_eval("many", "its label is " + std::to_string(sample().classes));
}

/// A folder's name is that of a class, wherever it stands among the folders that are there.
TEST_F(BadImages, OfClassesTheNetworkDoesNotHave) {
  folder_.write("set/star/a.ppm", picture_);
  folder_.write("set/squares/a.ppm", picture_);
  expect_no_eval("set", "'squares' is none of the network's 10 class names; did you mean 'square'?");
  folder_.write("mixed/star/a.ppm", picture_);
  folder_.write("mixed/2/a.ppm", picture_);
  expect_no_eval("mixed", "has classes by number, '2', and by name, 'star'");
  folder_.write("alone.pt", read_bytes(sample_model()));  // whose classes have no names
  const Sample& s = sample();
  const std::string input =
      std::to_string(s.channels) + "x" + std::to_string(s.height) + "x" + std::to_string(s.width);
  folder_.write("named/star/a.ppm", picture_);
  expect_refusal(folder_, {"eval", "alone.pt", "--input", input, "--data", "named"}, 5,
                 "named: has 1 classes by name, the network has 10 and does not say what they are called");
}

TEST_F(BadImages, WithAMalformedList) {
  folder_.write("set/a.ppm", picture_);
  for (const auto& [list, part] : {std::pair{"a.ppm\n"s, "line 1 is 'a.ppm'"s},
                                   {"a.ppm 1\na.ppm x\n", "has classes by number, '1', and by name, 'x'"},
                                   {"a.ppm 1.5\n", "'1.5' is none of the network's"},
                                   {"b.ppm 1\n", "names 'b.ppm', which is not there"},
                                   {"../plan.zsq 1\n", "outside the folder"},
                                   {"a.ppm 99999999999999999999\n", "'99999999999999999999' is none of"},
                                   {"\n", "no images"}}) {
    folder_.write("set/labels.txt", list);
    expect_no_eval("set", part);
  }
}

TEST_F(BadImages, InABinaryFileOfTheWrongSize) {
  folder_.write("a.bin", std::string(3000, '\1'));
  folder_.write("empty.bin", "");
  folder_.write("label.bin", std::string(3073, '\x7f'));
  folder_.write("two/a.bin", "");
  folder_.write("two/b.bin", "");
  expect_no_eval("a.bin", "has 3000 bytes");
  expect_no_eval("empty.bin", "has 0 bytes");
  expect_no_eval("label.bin", "its label is 127");
  expect_no_eval("two", "holds 2 .bin files");
}

TEST_F(BadImages, OfAnotherNetwork) {
  folder_.write("images.safetensors", "\x02\0\0\0\0\0\0\0{}"s);
  expect_no_quantize("images.safetensors", "images.safetensors");
  folder_.write("cut.safetensors", "\x02\0\0\0"s);
  expect_no_quantize("cut.safetensors", "cut.safetensors");
}

}  // namespace
}  // namespace zsq::e2e
