#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/e2e/folder.h"
#include "tests/e2e/networks.h"

/// Networks that end otherwise than in a classifier over one place, from the file to the verified program.
namespace zsq::e2e {
namespace {

using nlohmann::json;

constexpr const char* kPlaces = "torch.conv2d(x, self.places, None, [1, 1], [0, 0], [1, 1], 1)";

struct Head {
  const char* name;
  std::string lines;
  bool is_classifier;
};

void PrintTo(const Head& head, std::ostream* out) { *out << head.name; }

class OtherHeads : public testing::TestWithParam<Head> {};

TEST_P(OtherHeads, AreQuantizedAndVerified) {
  const Head& head = GetParam();
  const Folder folder;
  write_network(folder / "net.pt", {.head = head.lines});
  const Ended inspected = folder.run({"inspect", "net.pt", "--input", "3x8x8", "--json"});
  ASSERT_EQ(inspected.code, 0) << inspected.err << inspected.out;
  EXPECT_TRUE(json::parse(inspected.out).at("unsupported").empty()) << inspected.out;
  const std::string text = folder.run({"inspect", "net.pt", "--input", "3x8x8"}).out;
  EXPECT_EQ(text.find("a classifier of 4 classes") != std::string::npos, head.is_classifier) << text;
  const Ended quantized =
      folder.run({"quantize", "net.pt", "--input", "3x8x8", "--mean", "0.5", "--std", "0.25", "--count", "8",
                  "--steps", "3", "--images", "noise", "-o", "net.zsq", "--json", "--quiet"});
  ASSERT_EQ(quantized.code, 0) << quantized.err;
  EXPECT_GT(json::parse(quantized.out).at("steps").back().at("sqnr_db"), 15);
  EXPECT_EQ(folder.run({"verify", "net.zsq"}).code, 0);
  folder.write("set/0/a.ppm", ppm(8, 8, 1));
  const std::vector<std::string> eval{"eval",   "net.zsq", "--float", "net.pt", "--input", "3x8x8",
                                      "--data", "set",     "--mean",  "0.5",    "--std",   "0.25"};
  if (head.is_classifier) {
    EXPECT_EQ(folder.run(eval).code, 0);
  } else {
    expect_refusal(folder, eval, 4, "classifier");
  }
}

INSTANTIATE_TEST_SUITE_P(
    Heads, OtherHeads,
    testing::Values(
        Head{"MeanOverPlaces", std::string("  return torch.mean(") + kPlaces + ", [2, 3])\n", true},
        Head{"ReluThenMean",
             std::string("  x = torch.relu(") + kPlaces + ")\n  return torch.mean(x, [2, 3])\n", true},
        Head{"LeakyThenMean",
             std::string("  x = torch.leaky_relu(") + kPlaces + ", 0.1)\n  return torch.mean(x, [2, 3])\n",
             true},
        Head{"Dense", std::string("  return ") + kPlaces + "\n", false},
        Head{"DenseSigmoid", std::string("  return torch.sigmoid(") + kPlaces + ")\n", false},
        Head{"TwoHeads",
             std::string("  y = ") + kPlaces + "\n  return (torch.mean(y, [2, 3]), torch.sigmoid(y))\n",
             false},
        Head{"Dictionary", std::string("  return {\"out\": ") + kPlaces + ", \"aux\": torch.relu(x)}\n",
             false},
        Head{"UpsampledDense",
             std::string("  return torch.upsample_bilinear2d(") + kPlaces + ", [16, 16], False)\n", false},
        Head{"DecoderWithSkip",
             "  y = torch.max_pool2d(x, [2, 2], [2, 2], [0, 0], [1, 1], False)\n"
             "  y = torch.conv_transpose2d(y, self.up, None, [2, 2], [0, 0], [0, 0], 1, [1, 1])\n"
             "  z = torch.cat([y, " +
                 std::string(kPlaces) + "], 1)\n  return torch.conv2d(z, self.places)\n",
             false}),
    [](const auto& head) { return std::string(head.param.name); });

}  // namespace
}  // namespace zsq::e2e
