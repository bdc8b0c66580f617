#include "runtime/plan_file.h"

#include <array>
#include <filesystem>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "graph/check.h"
#include "graph/safetensors.h"
#include "runtime/file/bits.h"
#include "tests/runtime/random_plan.h"

namespace zsq::runtime {
namespace {

/// Bytes from anywhere either are refused with an Error or hold a plan that is valid.
bool is_refused(const std::string& bytes) {
  try {
    validate(decode_plan(bytes, "bytes", Checksum::ignored).plan);
    return false;
  } catch (const Error& error) {
    EXPECT_TRUE(error.fault() == Fault::model || error.fault() == Fault::verification) << error.what();
    return true;
  }
}

Fault fault_of(const std::string& bytes) {
  try {
    decode_plan(bytes, "bytes", Checksum::ignored);
  } catch (const Error& error) {
    return error.fault();
  }
  return Fault::usage;  // no error at all
}

TEST(Bits, RoundTripAtEveryWidth) {
  for (int bits = 1; bits <= 8; ++bits) {
    std::vector<std::int8_t> values;
    for (std::size_t count = 0; count < 40; ++count) {
      const auto packed = pack(values, bits);
      EXPECT_EQ(packed.size(), (count * static_cast<std::size_t>(bits) + 7) / 8);
      EXPECT_EQ(packed.size(), packed_bytes(count, bits));
      EXPECT_EQ(unpack(packed, count, bits), values) << bits << " bits";
      const int span = 1 << bits;
      values.push_back(static_cast<std::int8_t>(static_cast<int>(count * 7) % span - span / 2));
    }
  }
  EXPECT_EQ(pack(std::vector<std::int8_t>{1, -1, -8, 7}, 4), (std::vector<std::uint8_t>{0xF1, 0x78}));
}

TEST(PlanFile, RoundTripsAndIsDeterministic) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const PlanFile file = random_plan_file(seed);
    const std::string bytes = encode_plan(file);
    const PlanFile again = decode_plan(bytes, "bytes");
    ASSERT_EQ(again, file) << seed;
    ASSERT_EQ(encode_plan(again), bytes) << seed;
  }
}

TEST(PlanFile, IsWrittenAndRead) {
  const auto path = std::filesystem::temp_directory_path() / "zsq_plan_file_test.zsq";
  const PlanFile file = random_plan_file(1);
  save_plan(file, path);
  EXPECT_EQ(load_plan(path), file);
  std::filesystem::remove(path);
  EXPECT_THROW(load_plan(path), Error);
  EXPECT_THROW(save_plan(file, "/nowhere/at/all/plan.zsq"), Error);
}

TEST(PlanFile, PacksNarrowWeights) {
  PlanBuilder builder(3, {1, 3, 8, 8});
  const Plan plan =
      builder.logits(builder.conv(builder.image(), {.outputs = 8, .window = window_of(3, 3), .bits = 3}), 2);
  PlanFile file{plan, {}};
  file.metadata.tensors.resize(plan.slots.size());
  file.metadata.steps.resize(plan.steps.size());
  const std::string bytes = encode_plan(file);
  const auto content = parse_safetensors(bytes, "bytes");
  EXPECT_EQ(content.at("steps.1.kernel.weight", "bytes").bytes.size(), (8 * 27 * 3 + 7) / 8U);
  EXPECT_EQ(content.at("steps.2.kernel.weight", "bytes").bytes.size(), 2 * 8 * 36U);
  EXPECT_EQ(decode_plan(bytes, "bytes"), file);
}

TEST(PlanFile, RefusesToBeCutAtAnyLength) {
  const std::string bytes = encode_plan(random_plan_file(5));
  for (std::size_t length = 0; length < bytes.size(); ++length)
    ASSERT_TRUE(is_refused(bytes.substr(0, length))) << length;
}

TEST(PlanFile, SurvivesFlippedBits) {
  std::size_t refused = 0, tried = 0;
  Dice dice(11);
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const std::string bytes = encode_plan(random_plan_file(seed));
    for (int i = 0; i < 1000; ++i, ++tried) {
      std::string damaged = bytes;
      for (std::int64_t flips = dice.between(1, 3); flips > 0; --flips) {
        char& c = damaged[static_cast<std::size_t>(dice.between(0, std::ssize(bytes) - 1))];
        c = static_cast<char>(c ^ (1 << dice.between(0, 7)));
      }
      refused += is_refused(damaged) ? 1 : 0;
    }
  }
  EXPECT_GT(refused, tried / 4);
}

/// Encodes a sound plan, lets `change` loose on the file's content, and encodes that.
std::string changed(const auto& change) {
  const std::string bytes = encode_plan(random_plan_file(7));
  SafeTensors content = parse_safetensors(bytes, "bytes");
  change(content);
  return encode_safetensors(content);
}

/// The same for the JSON of the program or of the description.
std::string changed_json(const char* key, const auto& change) {
  return changed([&](SafeTensors& content) {
    auto json = nlohmann::json::parse(content.metadata[key]);
    change(json);
    content.metadata[key] = json.dump();
  });
}

TEST(PlanFile, IsRefusedWhereAnyOfItWasChanged) {
  const std::string whole = encode_plan(random_plan_file(5));
  for (std::size_t i = 0; i < whole.size(); i += 1 + whole.size() / 500) {
    std::string bytes = whole;
    bytes[i] ^= static_cast<char>(1U << (i % 8));
    EXPECT_THROW(decode_plan(bytes, "bytes"), Error) << "byte " << i;
  }
  const auto without = changed([](SafeTensors& c) { c.metadata.erase("checksum"); });
  EXPECT_THROW(decode_plan(without, "bytes"), Error);
}

TEST(PlanFile, RefusesWhatItDoesNotUnderstand) {
  using nlohmann::json;
  EXPECT_EQ(fault_of(changed([](SafeTensors&) {})), Fault::usage) << "the unchanged file is sound";
  for (const char* key : {"format", "version", "program", "description", "recipe"}) {
    EXPECT_EQ(fault_of(changed([&](SafeTensors& c) { c.metadata.erase(key); })), Fault::model) << key;
    if (std::string(key) == "recipe") continue;  // any text is one
    EXPECT_EQ(fault_of(changed([&](SafeTensors& c) { c.metadata[key] = "3"; })), Fault::model) << key;
  }
  const auto program = [](const auto& change) { return fault_of(changed_json("program", change)); };
  EXPECT_EQ(program([](json& p) { p.erase("slots"); }), Fault::model);
  EXPECT_EQ(program([](json& p) { p["more"] = 1; }), Fault::model);
  EXPECT_EQ(program([](json& p) { p["outputs"] = "ten"; }), Fault::model);
  EXPECT_EQ(program([](json& p) { p["outputs"][0] = 1.5; }), Fault::model);
  EXPECT_EQ(program([](json& p) { p["outputs"][0] = UINT64_MAX; }), Fault::model);
  EXPECT_EQ(program([](json& p) { p["outputs"] = nullptr; }), Fault::model);
  EXPECT_EQ(program([](json& p) { p["steps"] = json::object(); }), Fault::model);
  EXPECT_EQ(program([](json& p) { p["steps"][0] = 3; }), Fault::model);
  EXPECT_EQ(program([](json& p) { p["steps"][0]["op"] = "quantum"; }), Fault::model);
  EXPECT_EQ(program([](json& p) { p["steps"][0]["op"] = 5; }), Fault::model);
  EXPECT_EQ(program([](json& p) { p["steps"][0].erase("op"); }), Fault::model);
  EXPECT_EQ(program([](json& p) { p["steps"][0]["out"] = 1LL << 40; }), Fault::model);
  EXPECT_EQ(program([](json& p) { p["steps"][0]["out"] = -1; }), Fault::verification);
  EXPECT_EQ(program([](json& p) { p["outputs"] = json::array(); }), Fault::verification);
  EXPECT_EQ(program([](json& p) { p["outputs"][0] = 1 << 30; }), Fault::verification);
  EXPECT_EQ(program([](json& p) { p["image"]["h"] = 1LL << 60; }), Fault::verification);
  EXPECT_EQ(program([](json& p) { p["slots"][0]["bits"] = 99; }), Fault::verification);
  const auto description = [](const auto& change) { return fault_of(changed_json("description", change)); };
  EXPECT_EQ(description([](json& d) { d["tensors"].erase(0); }), Fault::model);
  EXPECT_EQ(description([](json& d) { d["tensors"][0]["scale"] = 0; }), Fault::model);
  EXPECT_EQ(description([](json& d) { d["tensors"][0]["scale"] = nullptr; }), Fault::model);
  EXPECT_EQ(description([](json& d) {
              d["labels"] = json::array({"more", "than", "classes", "there", "are"});
            }),
            Fault::model);
  EXPECT_EQ(description([](json& d) { d["preprocessing"]["channels"] = "cmyk"; }), Fault::model);
}

TEST(PlanFile, RefusesLabelsOfWhatIsNoClassifier) {
  PlanBuilder builder(3, {1, 3, 8, 8});
  const SlotId dense = builder.wide_table(builder.image());
  PlanFile file{builder.finish({dense}), {}};
  file.metadata.tensors.resize(file.plan.slots.size());
  file.metadata.steps.resize(file.plan.steps.size());
  EXPECT_EQ(decode_plan(encode_plan(file), "bytes"), file);
  file.metadata.labels = {"a", "b", "c"};
  EXPECT_THROW(encode_plan(file), Error);
}

TEST(PlanFile, RefusesHostileText) {
  const std::string deep(100'000, '['), number(5000, '9');
  for (const std::string& text :
       {deep, std::string(50, '[') + std::string(50, ']'), "{\"outputs\":" + number + "}",
        std::string("{\"outputs\":1e999}"), std::string("\xff\xfe"), std::string()})
    EXPECT_EQ(fault_of(changed([&](SafeTensors& c) { c.metadata["program"] = text; })), Fault::model);
}

/// Which of the two is meant would be the reader's choice.
TEST(PlanFile, RefusesAKeyThatComesTwice) {
  for (const auto& [key, text, twice] :
       {std::array<const char*, 3>{"program", "\"outputs\":", "\"outputs\":[0],\"outputs\":"},
        std::array<const char*, 3>{"program", "\"image\":{", "\"image\":{\"c\":1,"},
        std::array<const char*, 3>{"description", "\"network\":", "\"network\":\"a\",\"network\":"}}) {
    const auto doubled = [&, key = key, text = text, twice = twice](SafeTensors& content) {
      std::string& json = content.metadata[key];
      json.replace(json.find(text), std::string(text).size(), twice);
    };
    EXPECT_EQ(fault_of(changed(doubled)), Fault::model) << twice;
  }
}

TEST(PlanFile, RefusesImpossibleResizesAndCrops) {
  using Resize = Preprocessing::Resize;
  using Crop = Preprocessing::Crop;
  PlanFile file = random_plan_file(7);
  const auto refused = [&] {
    try {
      encode_plan(file);
      return false;
    } catch (const Error& error) {
      return error.fault() == Fault::model;
    }
  };
  for (const Resize& resize :
       {Resize{}, Resize{.height = 10}, Resize{.height = -1, .width = 10}, Resize{.shorter_side = -7},
        Resize{.shorter_side = 16'385}, Resize{.height = 1 << 20, .width = 10},
        Resize{.height = 10, .width = 10, .shorter_side = 10}}) {
    file.metadata.preprocessing.resize = resize;
    EXPECT_TRUE(refused()) << resize.height << ' ' << resize.width << ' ' << resize.shorter_side;
  }
  file.metadata.preprocessing.resize = Resize{.height = 300, .width = 200};
  for (const Crop& crop :
       {Crop{}, Crop{.height = -5, .width = 5}, Crop{.height = 5, .width = 1 << 15},
        Crop{.height = 5, .width = 5, .row = -1}, Crop{.height = 5, .width = 5, .column = INT32_MAX}}) {
    file.metadata.preprocessing.crop = crop;
    EXPECT_TRUE(refused()) << crop.height << ' ' << crop.width;
  }
  file.metadata.preprocessing.crop = Crop{.height = 5, .width = 5};
  EXPECT_EQ(decode_plan(encode_plan(file), "bytes"), file);
  const auto description = [](const auto& change) { return fault_of(changed_json("description", change)); };
  EXPECT_EQ(description([](nlohmann::json& d) {
              d["preprocessing"]["crop"] = {{"height", -1}, {"width", 4}};
            }),
            Fault::model);
  EXPECT_EQ(description([](nlohmann::json& d) {
              d["preprocessing"]["crop"] = {{"height", 1}, {"width", 4}};
            }),
            Fault::usage)
      << "is sound";
}

TEST(PlanFile, RefusesWrongTensors) {
  EXPECT_EQ(fault_of(changed([](SafeTensors& c) { c.tensors.erase(c.tensors.begin()); })), Fault::model);
  EXPECT_EQ(fault_of(changed([](SafeTensors& c) {
              c.tensors["extra"] = {DType::u8, {0}, ""};
            })),
            Fault::model);
  EXPECT_EQ(fault_of(changed([](SafeTensors& c) { c.tensors.at("steps.0.shift").dtype = DType::i8; })),
            Fault::model);
  EXPECT_EQ(fault_of(changed([](SafeTensors& c) { c.tensors.at("steps.0.shift").dims.push_back(1); })),
            Fault::model);
}

TEST(PlanFile, RefusesToWriteWhatCannotBeRead) {
  PlanFile file = random_plan_file(7);
  file.metadata.network = "\xff";
  EXPECT_THROW(encode_plan(file), Error);
  file = random_plan_file(7);
  file.metadata.tensors.pop_back();
  EXPECT_THROW(encode_plan(file), Error);
  file = random_plan_file(7);
  file.plan.outputs.clear();
  EXPECT_THROW(encode_plan(file), Error);
}

}  // namespace
}  // namespace zsq::runtime
