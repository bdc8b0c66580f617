#include "graph/checkpoint.h"

#include <limits>
#include <random>

#include <gtest/gtest.h>

#include "graph/check.h"
#include "graph/format.h"
#include "graph/pickle.h"
#include "graph/zip.h"
#include "tests/graph/checkpoint_bytes.h"

namespace zsq {
namespace {

using namespace checkpoint_bytes;

using Dims = std::vector<std::int64_t>;
using Floats = std::vector<float>;

StateDict read(const std::string& bytes, CheckpointKind kind = CheckpointKind::zip) {
  return read_state_dict(bytes, kind, "x.pth");
}

const Tensor kTensor{.name = "w", .dims = {2, 3}, .strides = {3, 1}};
const std::string kSix = floats({1, 2, 3, 4, 5, 6});

TEST(Checkpoint, ReadsZipAndLegacy) {
  for (const StateDict& state :
       {read(zip_checkpoint(ordered_dict({kTensor}), kSix)),
        read(legacy_checkpoint(ordered_dict({kTensor}), "0", 6, kSix), CheckpointKind::legacy)}) {
    ASSERT_EQ(state.size(), 1U);
    EXPECT_EQ(state.at("w").dims, (Dims{2, 3}));
    EXPECT_EQ(state.at("w").values, (Floats{1, 2, 3, 4, 5, 6}));
  }
}

TEST(Checkpoint, FollowsStridesAndOffsets) {
  const auto values = [](const Dims& dims, const Dims& strides, std::int64_t offset) {
    return read(zip_checkpoint(
                    ordered_dict({{.name = "w", .dims = dims, .strides = strides, .offset = offset}}), kSix))
        .at("w")
        .values;
  };
  EXPECT_EQ(values({3, 2}, {1, 3}, 0), (Floats{1, 4, 2, 5, 3, 6}));
  EXPECT_EQ(values({2}, {2}, 1), (Floats{2, 4}));
  EXPECT_EQ(values({2, 2}, {0, 1}, 4), (Floats{5, 6, 5, 6}));
  EXPECT_EQ(values({}, {}, 5), (Floats{6}));
  EXPECT_EQ(values({0, 4}, {4, 1}, 0), Floats{});
}

TEST(Checkpoint, ConvertsEveryType) {
  const auto values = [](const std::string& type, const std::string& storage) {
    return read(
               zip_checkpoint(
                   ordered_dict({{.name = "w", .storage_type = type, .dims = {2}, .strides = {1}}}), storage))
        .at("w")
        .values;
  };
  EXPECT_EQ(values("DoubleStorage", raw(1.5) + raw(-2.0)), (Floats{1.5, -2}));
  EXPECT_EQ(values("HalfStorage", raw(std::uint16_t{0x3C00}) + raw(std::uint16_t{0xC000})), (Floats{1, -2}));
  EXPECT_EQ(values("BFloat16Storage", raw(std::uint16_t{0x3F80}) + raw(std::uint16_t{0xC000})),
            (Floats{1, -2}));
  EXPECT_EQ(values("LongStorage", raw(std::int64_t{7}) + raw(std::int64_t{-1})), (Floats{7, -1}));
  EXPECT_EQ(values("ByteStorage", "\x01\xFF"), (Floats{1, 255}));
  EXPECT_THROW(values("ComplexFloatStorage", std::string(16, 'x')), Error);
}

TEST(Checkpoint, FindsNestedStatesAndTakesPrefixesOff) {
  const std::string inner = ordered_dict({{.name = "module.a", .dims = {6}, .strides = {1}},
                                          {.name = "module._orig_mod.b", .dims = {6}, .strides = {1}}});
  const StateDict state =
      read(zip_checkpoint("}(" + text("epoch") + integer(3) + text("state_dict") + inner + "u", kSix));
  ASSERT_EQ(state.size(), 2U);
  EXPECT_TRUE(state.contains("a") && state.contains("_orig_mod.b"));  // only what all names share
}

TEST(Checkpoint, NeverRunsAndNamesAWholeModule) {
  try {
    read(zip_checkpoint("c__main__\nNet\n)\x81}b", kSix));
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.fault(), Fault::model);
    EXPECT_NE(std::string(e.what()).find("__main__.Net"), std::string::npos);
    EXPECT_NE(std::string(e.what()).find("state_dict"), std::string::npos);
  }
  EXPECT_THROW(read(zip_checkpoint("cposix\nsystem\n(" + text("exit 1") + "tR", kSix)), Error);
  EXPECT_THROW(read(zip_checkpoint("}", kSix)), Error);
  EXPECT_THROW(read(zip_checkpoint("}(" + text("model") + "c__main__\nNet\n)Ru", kSix)), Error);
}

TEST(Checkpoint, RefusesTensorsBeyondTheirStorage) {
  const auto refused = [](const Dims& dims, const Dims& strides, std::int64_t offset) {
    const Tensor t{.name = "w", .dims = dims, .strides = strides, .offset = offset};
    EXPECT_THROW(read(zip_checkpoint(ordered_dict({t}), kSix)), Error);
  };
  const std::int64_t huge = std::int64_t{1} << 62;
  refused({7}, {1}, 0);
  refused({6}, {1}, 1);
  refused({}, {}, 6);
  refused({2, 3}, {4, 1}, 0);
  refused({-1}, {1}, 0);
  refused({2}, {-1}, 3);
  refused({1}, {1}, -1);
  refused({huge}, {0}, 0);
  refused({huge, huge, huge}, {0, 0, 0}, 0);
  refused({2}, {huge}, huge);
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  refused({6}, {1}, most);  // whose sums overflow, and would lie inside the storage again
  refused({2, 3}, {3, 1}, most - 1);
  refused({2, 2}, {6, 6}, most - 6);
  refused({2}, {most}, 1);
  refused({most}, {1}, 0);
  refused({6, 6, 6, 6, 6, 6, 6, 6, 6, 6}, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 0);  // 60 million values out of six
  refused({2, 3}, {3}, 0);
}

TEST(Checkpoint, RefusesEveryTruncation) {
  const std::string zipped = zip_checkpoint(ordered_dict({kTensor}), kSix);
  for (std::size_t n = 0; n < zipped.size(); ++n) EXPECT_THROW(read(zipped.substr(0, n)), Error) << n;
  const std::string old = legacy_checkpoint(ordered_dict({kTensor}), "0", 6, kSix);
  for (std::size_t n = 0; n < old.size(); ++n)
    EXPECT_THROW(read(old.substr(0, n), CheckpointKind::legacy), Error) << n;
}

TEST(Checkpoint, SurvivesRandomDamage) {
  const std::string zipped = zip_checkpoint(ordered_dict({kTensor}), kSix);
  const std::string old = legacy_checkpoint(ordered_dict({kTensor}), "0", 6, kSix);
  std::mt19937 random(3);  // fixed: a failure must come back
  for (int round = 0; round < 20'000; ++round) {
    std::string damaged = round % 2 == 0 ? zipped : old;
    for (int i = 0; i < 3; ++i) damaged[random() % damaged.size()] = static_cast<char>(random());
    try {
      read(damaged, round % 2 == 0 ? CheckpointKind::zip : CheckpointKind::legacy);
    } catch (const Error&) {
    }
  }
}

TEST(Checkpoint, SurvivesCircles) {
  EXPECT_THROW(read(zip_checkpoint("}q\x01(" + text("model") + "h\x01u", kSix)), Error);  // a dict in itself
  EXPECT_THROW(read(zip_checkpoint("]q\x01(h\x01"
                                   "e",
                                   kSix)),
               Error);  // a list in itself
  EXPECT_THROW(read(zip_checkpoint("ctorch._utils\n_rebuild_parameter\nq\x01(h\x01tR", kSix)), Error);
  const std::string circle = legacy_checkpoint(
      "]q\x01(h\x01"
      "e",
      "0", 6, kSix);
  EXPECT_THROW(read(circle, CheckpointKind::legacy), Error);
}

TEST(Pickle, RefusesWhatUnderflowsOrIsUnknown) {
  for (const char* text : {"", ".", "t.", "u.", "}s.", "(.", "h\x05.", "Q.", "R.", "NR.", "b.", "\x93.",
                           "\xFE.", "X\xFF\xFF\xFF\xFFzz.", "i."})
    EXPECT_THROW(Pickle(text, "x"), Error) << text;
  EXPECT_EQ(Pickle("K\x07.rest", "x").root().integer, 7);
  EXPECT_EQ(Pickle("K\x07.rest", "x").bytes(), 3U);
  EXPECT_EQ(Pickle(std::string_view("\x8a\x01\xFF.", 4), "x").root().integer, -1);
}

/// STACK_GLOBAL of a name with itself: 2^34 letters out of 78 bytes.
TEST(Pickle, DoublesNoNames) {
  std::string doubling = text("a") + text("b") + "\x93";
  for (int i = 0; i < 33; ++i) doubling += "2\x93";
  EXPECT_THROW(Pickle(doubling + ".", "x"), Error);
}

/// Nor does a long one that is stored once become many.
TEST(Pickle, JoinsNamesOnlySoOften) {
  std::string many = text(std::string(10'000, 'a')) + "q\x01";
  for (int i = 0; i < 1000; ++i) many += "h\x01h\x01\x93";
  EXPECT_THROW(Pickle(many + ".", "x"), Error);
  std::string usual = text("torch._utils") + "q\x01" + text("_rebuild_tensor_v2") + "q\x02";
  for (int i = 0; i < 20; ++i) usual += "h\x01h\x02\x93";
  EXPECT_EQ(Pickle(usual + ".", "x").root().text, "torch._utils._rebuild_tensor_v2");
}

TEST(Pickle, HoldsOnlySoManyValues) {
  EXPECT_NO_THROW(Pickle(std::string(1 << 20, 'N') + ".", "x"));
  EXPECT_THROW(Pickle(std::string(std::size_t{1} << 22U, 'N') + ".", "x"), Error);
}

/// Every tuple holds the one before it twice: 2^1000 paths lead through them.
TEST(Checkpoint, SurvivesTuplesThatDouble) {
  std::string tuples = "NN\x86";
  for (int i = 0; i < 1000; ++i) tuples += "2\x86";
  EXPECT_THROW(read(legacy_checkpoint(tuples, "0", 6, kSix), CheckpointKind::legacy), Error);
  EXPECT_THROW(read(zip_checkpoint(tuples, kSix)), Error);
}

/// Tensors may share a storage, but six million values out of six bytes are not worth six million bytes.
TEST(Checkpoint, MakesNoMoreValuesThanTheFileHolds) {
  std::vector<Tensor> tensors;
  for (int i = 0; i < 20; ++i)
    tensors.push_back(
        {.name = std::string("w").append(std::to_string(i)), .dims = {50'000, 6}, .strides = {0, 1}});
  EXPECT_THROW(read(zip_checkpoint(ordered_dict(tensors), kSix)), Error);
  tensors.resize(2);
  EXPECT_EQ(read(zip_checkpoint(ordered_dict(tensors), kSix)).size(), 2U);
}

/// Each prefix that is taken off is a pass over all the names.
TEST(Checkpoint, TakesOffOnlySoManyPrefixes) {
  std::string name;
  for (int i = 0; i < 20; ++i) name += "net.";
  const StateDict state =
      read(zip_checkpoint(ordered_dict({{.name = name + "w", .dims = {6}, .strides = {1}}}), kSix));
  EXPECT_EQ(state.begin()->first, "net.net.net.net.net.net.net.net.net.net.net.net.w");
}

TEST(Pickle, SurvivesDeepNesting) {
  std::string deep(200'000, ']');
  deep += std::string(199'999, 'a') + ".";
  EXPECT_NO_THROW(Pickle(deep, "x"));
}

TEST(Zip, RefusesTwoFilesOfOneNameAndCompressedTensors) {
  EXPECT_EQ(parse_zip(zip({{"../../etc/passwd", "x"}}), "x").begin()->second.bytes,
            "x");  // a name is only a key
  EXPECT_THROW(parse_zip(zip({{"a", "x"}, {"a", "y"}}), "x"), Error);
  std::string packed = zip_checkpoint(ordered_dict({kTensor}), kSix);
  for (std::size_t at = packed.find("PK\1\2"); at != std::string::npos; at = packed.find("PK\1\2", at + 1))
    packed[at + 10] = 8;
  EXPECT_TRUE(parse_zip(packed, "x").begin()->second.compressed);
  EXPECT_THROW(read(packed), Error);
}

TEST(Format, IsToldApartByContent) {
  EXPECT_EQ(detect_format(zip_checkpoint(ordered_dict({kTensor}), kSix), "x"), Format::zip_checkpoint);
  EXPECT_EQ(detect_format(legacy_checkpoint(ordered_dict({kTensor}), "0", 6, kSix), "x"),
            Format::legacy_checkpoint);
  EXPECT_EQ(detect_format(zip({{"m/constants.pkl", "x"}, {"m/code/a.py", "x"}, {"m/data.pkl", "x"}}), "x"),
            Format::torchscript);
  const auto fault = [](std::string_view bytes) {
    try {
      detect_format(bytes, "x");
    } catch (const Error& e) {
      return e.fault();
    }
    return Fault::usage;
  };
  EXPECT_EQ(detect_format(std::string_view("\x08\x08\x12\x07pytorch", 11), "x"), Format::onnx);
  EXPECT_EQ(detect_format(zip({{"m/archive_format", "pt2"}}), "x"), Format::exported_program);
  EXPECT_EQ(fault(zip({{"readme.txt", "x"}})), Fault::model);
  for (const char* bytes : {"", "hello", "\x89HDF\r\n\x1a\n", "\x89PNG", "\x80\x04K\x01.", "\x01\x02\x03"})
    EXPECT_EQ(fault(bytes), Fault::model) << bytes;
}

}  // namespace
}  // namespace zsq
