#include "tests/e2e/folder.h"
#include "tests/e2e/sample.h"

/// Command lines that cannot be meant: exit code 2, before anything is read or made.
namespace zsq::e2e {
namespace {

TEST(BadUsage, OfTheProgram) {
  const Folder folder;
  expect_refusal(folder, {"quantise"}, 2, "did you mean 'quantize'?");
  expect_refusal(folder, {"xxxxxxxx"}, 2, "zsq --help");
  expect_refusal(folder, {"help", "quantise"}, 2, "did you mean 'quantize'?");
  expect_refusal(folder, {"--bogus"}, 2, "--bogus");
  const Ended nothing = folder.run({});
  EXPECT_EQ(nothing.code, 2);
  EXPECT_NE(nothing.out.find("usage:"), std::string::npos);
}

TEST(BadUsage, OfOptions) {
  const Folder folder;
  expect_refusal(folder, {"quantize", "m.pt", "-o", "x.zsq", "--wbit", "8"}, 2, "did you mean '--wbits'?");
  expect_refusal(folder, {"quantize", "m.pt", "-o", "x.zsq", "--wbits", "9"}, 2, "--wbits is '9'");
  expect_refusal(folder, {"quantize", "m.pt", "-o", "x.zsq", "--abits", "one"}, 2, "--abits is 'one'");
  expect_refusal(folder, {"quantize", "m.pt", "-o", "x.zsq", "--rounding", "up"}, 2,
                 "nearest or sum-preserving or second-order");
  expect_refusal(folder, {"quantize", "m.pt", "-o", "x.zsq", "--seed"}, 2, "--seed needs a value");
  expect_refusal(folder, {"quantize", "m.pt", "-o", "--force"}, 2, "needs a value");
}

TEST(BadUsage, OfArguments) {
  const Folder folder;
  expect_refusal(folder, {"quantize", "m.pt"}, 2, "-o FILE is needed");
  expect_refusal(folder, {"quantize", "m.pt", "-o", "-"}, 2, "-o is '-'");
  expect_refusal(folder, {"synth", "m.pt", "--keep", "some", "-o", "images"}, 2, "none, grid or all");
  expect_refusal(folder, {"quantize", "-o", "x.zsq"}, 2, "one MODEL is needed");
  folder.write("plan.zsq", "any file");
  expect_refusal(folder, {"run", "plan.zsq"}, 2, "at least one IMAGE is needed behind plan.zsq");
  expect_refusal(folder, {"export", "plan.zsq", "-o", "x.onnx", "--profile", "coreml"}, 2,
                 "ort, openvino or tensorrt");
  expect_refusal(folder, {"export", "plan.zsq", "-o", "x.onnx", "--to", "tflite"}, 2, "it must be onnx");
  expect_refusal(folder, {"export", "plan.zsq"}, 2, "-o FILE is needed");
  expect_refusal(folder, {"completion"}, 2, "bash, zsh or fish");
  expect_refusal(folder, {"quantize", "a.pt", "b.pt", "-o", "x.zsq"}, 2, "2 were given");
  expect_refusal(folder, {"verify"}, 2, "one PLAN is needed");
  expect_refusal(folder, {"doctor", "me"}, 2, "'me' was given");
  expect_refusal(folder, {"compare", "m.pt"}, 2, "--data SET is needed");
}

TEST(BadUsage, OfOptionsThatDependOnTheModel) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  const std::string model = sample_model();
  expect_refusal(folder, {"quantize", model, "-o", "x.zsq", "--mean", "1,2", "--std", "1"}, 2,
                 "--mean has 2 numbers");
  expect_refusal(folder, {"quantize", model, "-o", "x.zsq", "--mean", "nan", "--std", "1"}, 2,
                 "--mean is 'nan'");
  expect_refusal(folder, {"quantize", model, "-o", "x.zsq", "--mean", "0", "--std", "0"}, 2,
                 "must be positive");
  expect_refusal(folder, {"eval", model, "--data", ".", "--mean", "0.5"}, 2, "--std is missing");
  expect_refusal(folder, {"inspect", model, "--std", "0.5"}, 2, "--mean is missing");
  expect_refusal(folder, {"synth", model, "-o", "x", "--mean", "123.675,116.28,103.53", "--std", "58.4"}, 2,
                 "looks like pixels in 0..255; for pixels in 0..1 it is 0.4850,0.4560,0.4060");
  expect_refusal(folder, {"quantize", model, "-o", "x.zsq", "--count", "0"}, 2, "--count is '0'");
  expect_refusal(folder, {"quantize", model, "-o", "x.zsq", "--seed", "-1"}, 2, "--seed is '-1'");
  expect_refusal(folder, {"quantize", model, "-o", "x.zsq", "--effort", "instnt"}, 2, "--effort is 'instnt'");
  expect_refusal(folder, {"quantize", model, "-o", "x.zsq", "--effort", "instant", "--images", "noise"}, 2,
                 "--effort instant takes no images");
  expect_refusal(folder, {"quantize", model, "-o", "x.zsq", "--effort", "instant", "--rounding", "learned"},
                 2, "rounding is not learned without images");
  expect_refusal(folder, {"synth", model}, 2, "-o DIR is needed");
  expect_refusal(folder, {"inspect", model, "--input", "32x32"}, 2, "--input is '32x32'");
  expect_refusal(folder, {"inspect", model, "--input", "3x64x99999999"}, 2, "99999999");
}

/// This LibTorch has no CUDA, or the machine no GPU; where there are both, nothing is refused.
TEST(BadUsage, OfADeviceThatMakesImages) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  const std::string model = sample_model();
  for (const char* device : {"tpu", "cuda:x", "reference"})
    expect_refusal(folder, {"quantize", model, "-o", "x.zsq", "--device", device}, 2, "--device");
  const Ended unused =
      folder.run({"quantize", model, "-o", "x.zsq", "--images", "noise", "--device", "cuda"});
  if (unused.code != 0) expect_refused(unused, 8, "--device cuda: this LibTorch has no CUDA");
  const Ended ended = folder.run({"synth", model, "-o", "images", "--steps", "1", "--device", "cuda:1"});
  if (ended.code != 0) expect_refused(ended, 8, "--device cuda:1: ");
}

}  // namespace
}  // namespace zsq::e2e
