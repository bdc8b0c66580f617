#include <algorithm>

#include <nlohmann/json.hpp>

#include "tests/e2e/folder.h"
#include "tests/e2e/networks.h"
#include "tests/e2e/sample.h"

/// Models that can be read and ask for what zsq does not do, or look as if they did.
namespace zsq::e2e {
namespace {

using nlohmann::json;
using Norms = Network::Norms;
using Words = std::vector<std::string>;

Words with(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

/// Of net.pt, from noise.
Words quantize(const std::string& output) {
  return {"quantize", "net.pt", "--input", "3x8x8",  "--images", "noise", "--count",
          "4",        "-o",     output,    "--mean", "0.5",      "--std", "0.25"};
}

/// Quantizes net.pt from noise, and expects a plan on which all devices agree.
json expect_quantized(const Folder& folder) {
  const Ended ended = folder.run(with(quantize("net.zsq"), {"--json", "--quiet"}));
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(folder.run({"verify", "net.zsq"}).code, 0);
  return json::parse(ended.out, nullptr, /*allow_exceptions=*/false);
}

void expect_no_synthesis(const Folder& folder, const std::string& part) {
  expect_refusal(folder, {"synth", "net.pt", "--input", "3x8x8", "-o", "images", "--quiet"}, 4, part);
  const Words quantize{"quantize", "net.pt", "--input", "3x8x8", "--mean", "0", "--std", "1", "-o", "x.zsq"};
  expect_refusal(folder, quantize, 4, part);
  expect_refusal(folder, quantize, 4, "--images");
}

TEST(BadNetwork, WithoutBatchNorms) {
  const Folder folder;
  write_network(folder / "net.pt", {.norms = Norms::absent});
  expect_no_synthesis(folder, "the model has no batch norm");
  expect_quantized(folder);
}

TEST(BadNetwork, WithFoldedBatchNorms) {
  const Folder folder;
  write_network(folder / "net.pt", {.norms = Norms::folded});
  expect_no_synthesis(folder, "training=torch.onnx.TrainingMode.PRESERVE");
  expect_no_synthesis(folder, "without torch.jit.freeze");
  expect_quantized(folder);
  const Ended ended = folder.run({"inspect", "net.pt", "--input", "3x8x8", "--json"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_TRUE(json::parse(ended.out).at("folded"));
  const std::string text = folder.run({"inspect", "net.pt", "--input", "3x8x8"}).out;
  EXPECT_NE(text.find("none: trained without, or folded by an exporter"), std::string::npos) << text;
  EXPECT_NE(text.find("zsq quantize net.pt --images DIR"), std::string::npos) << text;
}

/// A hundred thousand steps of synthesis would not end in time.
TEST(BadNetwork, IsRefusedBeforeImagesAreMade) {
  const Folder folder;
  write_network(folder / "net.pt", {.ending = "  x = torch.softmax(x, 1)\n  x = torch.relu(x)\n"});
  const std::vector<std::string> slow{"quantize", "net.pt",  "--input", "3x8x8", "--mean", "0.5",    "--std",
                                      "0.25",     "--steps", "100000",  "-o",    "x.zsq",  "--quiet"};
  expect_refusal(folder, slow, 4, "softmax");
  const Ended inspected = folder.run({"inspect", "net.pt", "--input", "3x8x8"});
  EXPECT_EQ(inspected.code, 4);
  EXPECT_NE(inspected.out.find("cannot be quantized: softmax"), std::string::npos) << inspected.out;
  write_network(folder / "net.pt", {});
  auto misspelled = slow;
  misspelled.insert(misspelled.end(), {"--bits", "nowhere*=4"});
  expect_refusal(folder, misspelled, 2, "nowhere*");
}

TEST(BadNetwork, WithOperatorsThatAreNotKnown) {
  const Folder folder;
  write_network(folder / "net.pt", {.ending = "  x = torch.erf(x)\n  x = torch.cumsum(torch.relu(x), 1)\n"});
  expect_refusal(folder, quantize("x.zsq"), 4, "net.pt: aten::erf is not supported");
  expect_refusal(folder, quantize("x.zsq"), 4, "1 more");
  const Ended text = folder.run({"inspect", "net.pt", "--input", "3x8x8"});
  EXPECT_EQ(text.code, 4);
  EXPECT_NE(text.out.find("erf: aten::erf"), std::string::npos) << text.out;
  EXPECT_NE(text.out.find("cumsum: aten::cumsum"), std::string::npos) << text.out;
  EXPECT_EQ(std::ranges::count(text.err, '\n'), 1) << text.err;
  const json facts = json::parse(folder.run({"inspect", "net.pt", "--input", "3x8x8", "--json"}).out);
  ASSERT_EQ(facts.at("unsupported").size(), 2U);
  EXPECT_EQ(facts.at("unsupported")[1].at("op"), "cumsum");
}

/// A model is a program; expect_refusal() sees a file that it writes.
TEST(BadNetwork, ThatWouldWriteAFile) {
  const Folder folder;
  write_network(folder / "net.pt", {.ending = "  torch.save(x, 'owned')\n"});
  expect_refusal(folder, {"inspect", "net.pt", "--input", "3x8x8"}, 4, "net.pt: aten::save is not run");
  expect_refusal(folder, quantize("x.zsq"), 4, "net.pt: aten::save is not run");
}

TEST(BadNetwork, ThatNeverEnds) {
  const Folder folder;
  write_network(folder / "net.pt", {.ending = "  while True:\n    pass\n"});
  expect_refusal(folder, {"inspect", "net.pt", "--input", "3x8x8"}, 4, "does not end within");
}

TEST(BadNetwork, WithASoftmax) {
  for (const std::string softmax : {"softmax", "log_softmax"}) {
    const Folder folder;
    write_network(folder / "net.pt", {.ending = "  x = torch." + softmax + "(x, 1)\n"});
    const Ended ended = folder.run(quantize("x.zsq"));
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_NE(ended.err.find("softmax at the network's end is left out"), std::string::npos) << ended.err;
    write_network(folder / "net.pt", {.ending = "  x = torch.relu(torch." + softmax + "(x, 1))\n"});
    expect_refusal(folder, quantize("y.zsq"), 4, softmax + ": a softmax inside the network");
  }
}

/// Scale 1 and codes 0 for the channel without weights, a number for those that hardly varied.
TEST(BadNetwork, WithDeadChannels) {
  const Folder folder;
  write_network(folder / "net.pt", {.dead_channels = true});
  const json facts = expect_quantized(folder);
  EXPECT_EQ(facts.at("dead_channels"), (json{"conv2d: 1 of 8", "conv2d_1: 1 of 8"})) << facts;
  const Ended health = folder.run({"inspect", "net.pt", "--input", "3x8x8", "--json"});
  const json norms = json::parse(health.out).at("batch_norms");
  ASSERT_EQ(norms.size(), 2U);
  for (const json& norm : norms) EXPECT_EQ(norm.at("dead"), 3);
  const Ended made = folder.run(
      {"synth", "net.pt", "--input", "3x8x8", "-o", "images", "--count", "4", "--steps", "2", "--quiet"});
  EXPECT_EQ(made.code, 6) << made.err;  // two steps fit nothing
  const json fit = json::parse(folder.read("images/report.json")).at("fit");
  ASSERT_EQ(fit.size(), 2U);
  for (const json& norm : fit) {  // divided by a deviation of 1e-15, they would be 1e15, or nothing at all
    EXPECT_EQ(norm.at("dead"), 3);
    EXPECT_LT(norm.at("mean_error").get<double>(), 1e4);
    EXPECT_LT(norm.at("std_error").get<double>(), 1e4);
  }
}

TEST(BadNetwork, ThatDoesNotTakeTheInput) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  std::filesystem::path safetensors = sample_model();
  safetensors.replace_extension(".safetensors");
  for (const std::string& model : {sample_model().string(), safetensors.string()})
    expect_refusal(folder, {"inspect", model, "--input", "5x32x32"}, 3,
                   "give the right size as --input CxHxW");
}

TEST(BadNetwork, WithClassNamesOfAnotherNumber) {
  const Folder folder;
  write_network(folder / "net.pt", {});
  folder.write("net.json", R"({"input": {"shape": [3, 8, 8]}, "class_names": ["cat", "dog", "owl"]})");
  expect_refusal(folder, quantize("x.zsq"), 3, "net.pt names 3 classes, the network has 4");
}

/// Neither the file's name nor its class names are UTF-8, which JSON and the plan are.
TEST(BadNetwork, WithNamesInAnotherEncoding) {
  const Folder folder;
  write_network(folder / "net.pt", {});
  std::filesystem::rename(folder / "net.pt", folder / "net\xFF.pt");
  folder.write("net\xFF.json", R"({"input": {"shape": [3, 8, 8]}, "class_names": "names.txt"})");
  folder.write("names.txt", "caf\xE9\na\nb\nc\n");
  Words words = quantize("x.zsq");
  words[1] = "net\xFF.pt";
  const Ended ended = folder.run(with(words, {"--json", "--quiet"}));
  EXPECT_EQ(ended.code, 0) << ended.err;
  const Ended inspected = folder.run({"inspect", "net\xFF.pt", "--json"});
  EXPECT_EQ(json::parse(inspected.out).at("name"), "net?");
}

}  // namespace
}  // namespace zsq::e2e
