#include "quantize/bits_file.h"

#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "graph/check.h"

namespace zsq::quantize {
namespace {

std::filesystem::path written(const std::string& text) {
  const auto path = std::filesystem::path(::testing::TempDir()) / "bits_file_test.json";
  std::ofstream(path) << text;
  return path;
}

TEST(BitsFile, GivesBackTheRulesInTheirOrder) {
  const std::vector<BitsRule> rules{
      {"layer4.0.conv1", 4, 8, true}, {"a,b=c", 2, 3, true}, {"fc", 8, 8, true}};
  const nlohmann::ordered_json all{{"average_bits", 4.0}, {"layers", layers_json(rules)}};
  EXPECT_EQ(read_bits_file(written(all.dump())), rules);
}

TEST(BitsFile, SaysWhatIsNotSo) {
  const auto complaint = [](const std::string& text) -> std::string {
    try {
      read_bits_file(written(text));
    } catch (const Error& e) {
      EXPECT_EQ(e.fault(), Fault::usage);
      return e.what();
    }
    return {};
  };
  const auto has = [](const std::string& text, const std::string& part) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
  };
  has(complaint("{"), "zsq search");
  has(complaint("{\"layers\": []}"), "zsq search");
  has(complaint(R"({"layers": {"fc": 4}})"), "'fc'");
  has(complaint(R"({"layers": {"fc": {"weights": 4}}})"), "'activations'");
  has(complaint(R"({"layers": {"fc": {"weights": 9, "activations": 8}}})"), "9 bits of weights");
  has(complaint(R"({"layers": {"fc": {"weights": 99999999999, "activations": 8}}})"), "99999999999");
  has(complaint(R"({"layers": {"fc": {"weights": 4, "activations": 8}, "fc": {}}})"), "'fc' twice");
  EXPECT_THROW(read_bits_file("/nowhere/bits.json"), Error);
}

}  // namespace
}  // namespace zsq::quantize
