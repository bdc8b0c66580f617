#include <bit>
#include <cstdint>
#include <limits>

#include "tests/e2e/folder.h"
#include "tests/e2e/sample.h"

/// Files that are no model, damaged or hostile: exit code 3, or 4 for what is known but not read.
namespace zsq::e2e {
namespace {

using namespace std::string_literals;

TEST(BadModel, ThatIsNotThere) {
  const Folder folder;
  for (const std::string command : {"inspect", "quantize", "synth", "eval", "compare", "run", "verify"}) {
    std::vector<std::string> words{command, "missing.pt"};
    if (command == "quantize") words.insert(words.end(), {"-o", "x.zsq"});
    if (command == "synth") words.insert(words.end(), {"-o", "images"});
    if (command == "run") words.emplace_back("a.png");
    if (command == "eval" || command == "compare") words.insert(words.end(), {"--data", "images"});
    expect_refusal(folder, words, 3, "missing.pt cannot be read: there is no such file");
  }
  expect_refusal(folder, {"inspect", "."}, 3, "is not a file");
}

TEST(BadModel, OfAnotherKind) {
  const Folder folder;
  folder.write("empty.pt", "");
  folder.write("text.pt", "hello world\n");
  folder.write("picture.pt", "\x89PNG\r\n\x1a\n0000"s);
  folder.write("keras.h5", "\x89HDF\r\n\x1a\n0000"s);
  folder.write("net.onnx", "\x08\x07\x12\x07pytorch"s);
  expect_refusal(folder, {"inspect", "empty.pt"}, 3, "is empty");
  folder.write("noise.safetensors", "\xff\xfe\xfa\xf0");
  expect_refusal(folder, {"inspect", "text.pt"}, 3, "is a text file");
  expect_refusal(folder, {"inspect", "noise.safetensors"}, 3, "is in no format that zsq knows");
  expect_refusal(folder, {"inspect", "picture.pt"}, 3, "is an image");
  expect_refusal(folder, {"inspect", "keras.h5"}, 3, "HDF5");
  expect_refusal(folder, {"inspect", "net.onnx"}, 3, "is an ONNX file without a graph");
}

/// A file of safetensors whose header is this long, or claims to be.
std::string safetensors(std::uint64_t claimed, const std::string& header) {
  std::string bytes(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<char>(claimed >> (8 * i));
  return bytes + header;
}

TEST(BadModel, HostileSafetensors) {
  const Folder folder;
  const std::string tensor = R"({"w":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,16]}})";
  folder.write("claims.safetensors", safetensors(1ULL << 62U, "{}"));
  folder.write("overflows.safetensors", safetensors(tensor.size(), tensor + std::string(16, '\0')));
  folder.write("deep.safetensors", safetensors(100000, std::string(100000, '[')));
  folder.write("unclosed.safetensors", safetensors(8, R"({"w":{"d)"));
  for (const char* file : {"claims", "overflows", "deep", "unclosed"})
    expect_refusal(folder, {"inspect", file + ".safetensors"s}, 3, file);
}

TEST(BadModel, HostilePickle) {
  const Folder folder;
  folder.write("garbage.th", "\x80\x02garbage"s);
  // A dictionary that holds itself: EMPTY_DICT, BINPUT 0, 'a', BINGET 0, SETITEM.
  folder.write("cycle.th", "\x80\x02}q\x00X\x01\x00\x00\x00\x61h\x00s."s);
  // A call of os.system, which nothing must ever run.
  folder.write("call.th",
               "\x80\x02"
               "cos\nsystem\nX\x0a\x00\x00\x00touch owned\x85R."s);
  for (const char* file : {"garbage.th", "cycle.th", "call.th"})
    expect_refusal(folder, {"inspect", file}, 3, file);
}

TEST(BadModel, Truncated) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  const std::string whole = read_bytes(sample_model());
  for (const std::size_t part : {std::size_t{1}, std::size_t{40}, whole.size() / 2, whole.size() - 10}) {
    folder.write("cut.pt", std::string_view(whole).substr(0, part));
    expect_refusal(folder, {"inspect", "cut.pt"}, 3, "cut.pt");
  }
}

/// Damage at places spread over the file is noticed or does no harm; it never ends the program by a signal.
TEST(BadModel, Damaged) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  const std::string whole = read_bytes(sample_model());
  for (std::size_t i = 0; i < 5; ++i) {
    std::string bytes = whole;
    bytes[whole.size() * i / 5 + 11] ^= '\x10';
    folder.write("flipped.pt", bytes);
    const Ended ended = folder.run({"inspect", "flipped.pt", "--json", "--input", "3x32x32"});
    if (ended.code != 0) expect_refused({ended.code, ended.signal, "", ended.err}, ended.code, "flipped.pt");
    EXPECT_TRUE(ended.code == 0 || ended.code == 3 || ended.code == 4) << ended.code << ended.err;
  }
}

std::uint32_t crc32(std::string_view bytes) {
  std::uint32_t crc = ~0U;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
  }
  return ~crc;
}

std::uint32_t read32(const std::string& bytes, std::size_t at) {
  std::uint32_t v = 0;
  for (std::size_t i = 0; i < 4; ++i)
    v |= std::uint32_t{static_cast<unsigned char>(bytes[at + i])} << (8 * i);
  return v;
}

void write32(std::string& bytes, std::size_t at, std::uint32_t v) {
  for (std::size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<char>(v >> (8 * i));
}

/// The zip file with the first float of its largest tensor replaced, and the checksums made to fit.
std::string with_first_weight(std::string zip, float weight) {
  std::size_t directory = zip.rfind("PK\5\6"s), entry = read32(zip, directory + 16), best = 0;
  for (std::size_t at = entry; zip.compare(at, 4, "PK\1\2") == 0;) {
    const auto length = [&](std::size_t field) { return read32(zip, at + field) & 0xFFFFU; };
    const std::string name = zip.substr(at + 46, length(28));
    const bool is_tensor =
        name.find("/data/") != std::string::npos || name.find("/constants/") != std::string::npos;
    if (is_tensor && name.find(".py") == std::string::npos &&
        (best == 0 || read32(zip, at + 24) > read32(zip, best + 24)))
      best = at;
    at += 46 + length(28) + length(30) + length(32);
  }
  const std::size_t local = read32(zip, best + 42);
  const std::size_t start =
      local + 30 + (read32(zip, local + 26) & 0xFFFFU) + (read32(zip, local + 28) & 0xFFFFU);
  const std::size_t size = read32(zip, best + 24);
  write32(zip, start, std::bit_cast<std::uint32_t>(weight));
  const std::uint32_t sum = crc32(std::string_view(zip).substr(start, size));
  write32(zip, best + 16, sum);
  if ((read32(zip, local + 6) & 8U) != 0) {
    write32(zip, start + size + 4, sum);  // the data descriptor after the bytes
  } else {
    write32(zip, local + 14, sum);
  }
  return zip;
}

TEST(BadModel, WeightsThatAreNotNumbers) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  folder.write("nan.pt",
               with_first_weight(read_bytes(sample_model()), std::numeric_limits<float>::quiet_NaN()));
  folder.write("infinite.pt",
               with_first_weight(read_bytes(sample_model()), std::numeric_limits<float>::infinity()));
  expect_refusal(folder,
                 {"quantize", "nan.pt", "-o", "x.zsq", "--images", "noise", "--count", "4", "--quiet",
                  "--input", "3x32x32"},
                 3, "nan.pt");
  expect_refusal(folder, {"inspect", "infinite.pt", "--input", "3x32x32"}, 3, "infinite.pt");
}

/// Without a side-car, nothing says at which size the model was trained.
TEST(BadModel, InputThatIsNotKnown) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  folder.write("alone.pt", read_bytes(sample_model()));
  expect_refusal(folder, {"quantize", "alone.pt", "-o", "x.zsq"}, 2, "--input CxHxW");
}

}  // namespace
}  // namespace zsq::e2e
