#include "graph/safetensors.h"

#include <random>

#include <gtest/gtest.h>

namespace zsq {
namespace {

const std::vector<float> kFloats{1, 2, 3, 4, 5, 6};
const std::vector<std::int8_t> kBytes{-1, 0, 127};

SafeTensors sample() {
  SafeTensors content;
  content.tensors["weight"] = {DType::f32, {2, 3}, bytes_of(kFloats)};
  content.tensors["a.small"] = {DType::i8, {3}, bytes_of(kBytes)};
  content.tensors["nothing"] = {DType::f16, {0, 4}, {}};
  content.metadata["seed"] = "7 \"quoted\"";
  return content;
}

std::string file_of(const std::string& header, std::string_view body) {
  const std::uint64_t length = header.size();
  return std::string(reinterpret_cast<const char*>(&length), 8) + header + std::string(body);
}

TEST(Safetensors, ReadsBackWhatItWrote) {
  const std::string bytes = encode_safetensors(sample());
  const SafeTensors read = parse_safetensors(bytes, "x");
  EXPECT_EQ(read.tensors.size(), 3U);
  EXPECT_EQ(values_of<float>(read.at("weight", "x")), kFloats);
  EXPECT_EQ(read.at("weight", "x").dims, (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(values_of<std::int8_t>(read.at("a.small", "x")), kBytes);
  EXPECT_EQ(read.metadata, sample().metadata);
  EXPECT_EQ(encode_safetensors(read), bytes);
  EXPECT_THROW(read.at("other", "x"), Error);
  EXPECT_THROW(values_of<double>(read.at("weight", "x")), Error);
}

TEST(Safetensors, AlignsEveryTensor) {
  const std::string bytes = encode_safetensors(sample());
  for (const auto& [name, tensor] : parse_safetensors(bytes, "x").tensors)
    EXPECT_EQ((tensor.bytes.data() - bytes.data()) % static_cast<std::ptrdiff_t>(bytes_of(tensor.dtype)), 0)
        << name;
}

TEST(Safetensors, RefusesEveryTruncationAndExtraBytes) {
  const std::string bytes = encode_safetensors(sample());
  for (std::size_t n = 0; n < bytes.size(); ++n)
    EXPECT_THROW(parse_safetensors(std::string_view(bytes).substr(0, n), "x"), Error) << n;
  EXPECT_THROW(parse_safetensors(bytes + "x", "x"), Error);
}

TEST(Safetensors, RefusesHostileHeaders) {
  const std::string four(4, '\0');
  const auto refused = [&](const std::string& header) {
    EXPECT_THROW(parse_safetensors(file_of(header, four), "x"), Error) << header;
  };
  EXPECT_NO_THROW(
      parse_safetensors(file_of(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", four), "x"));
  refused(R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})");
  refused(R"({"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}})");
  refused(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})");
  refused(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}})");
  refused(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,18446744073709551615]}})");
  refused(
      R"({"a":{"dtype":"F32","shape":[4611686018427387904,4611686018427387904,0],"data_offsets":[0,4]}})");
  refused(R"({"a":{"dtype":"F4","shape":[1],"data_offsets":[0,4]}})");
  refused(R"({"a":{"shape":[1],"data_offsets":[0,4]}})");
  refused(
      R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})");
  refused(
      R"({"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}})");
  refused(
      R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}})");
  refused(R"({"__metadata__":{"a":1}})");
  refused("[]");
  refused("null");
  refused("{");
  refused(std::string(100'000, '['));
  refused(std::string("{\"a\":") + std::string(100'000, '[') + std::string(100'000, ']') + "}");
  EXPECT_THROW(parse_safetensors(std::string(8, '\xFF') + "{}", "x"), Error);
}

TEST(Safetensors, SurvivesRandomDamage) {
  const std::string bytes = encode_safetensors(sample());
  std::mt19937 random(1);  // fixed: a failure must come back
  for (int round = 0; round < 20'000; ++round) {
    std::string damaged = bytes;
    for (int i = 0; i < 3; ++i) damaged[random() % damaged.size()] = static_cast<char>(random());
    try {
      for (const auto& [name, tensor] : parse_safetensors(damaged, "x").tensors)
        to_floats(tensor.dtype, tensor.bytes);
    } catch (const Error&) {
    }
  }
}

TEST(DType, ConvertsHalfAndBrainFloats) {
  const std::vector<std::uint16_t> half{0x3C00, 0xC000, 0x0001, 0x7BFF, 0x8000};
  EXPECT_EQ(to_floats(DType::f16, bytes_of(half)), (std::vector<float>{1, -2, 0x1p-24F, 65504, -0.0F}));
  const std::vector<std::uint16_t> brain{0x3F80, 0xC000};
  EXPECT_EQ(to_floats(DType::bf16, bytes_of(brain)), (std::vector<float>{1, -2}));
}

}  // namespace
}  // namespace zsq
