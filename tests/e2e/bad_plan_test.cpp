#include "tests/e2e/folder.h"
#include "tests/e2e/sample.h"

/// Plan files that are damaged, or no plans.
namespace zsq::e2e {
namespace {

TEST(BadPlan, ThatIsAModel) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  const std::string said =
      "shapes_resnet.pt is a model (TorchScript), a plan was needed; make one with: zsq quantize ";
  expect_refusal(folder, {"verify", sample_model()}, 3, said);
  folder.write("a.ppm", ppm(4, 4, 1));
  expect_refusal(folder, {"run", sample_model(), "a.ppm"}, 3, said);
  folder.write("it's.zsq", read_bytes(sample_model()));
  expect_refusal(folder, {"verify", "it's.zsq"}, 3, "zsq quantize 'it'\\''s.zsq' -o ");
}

TEST(BadPlan, WhereAModelIsNeeded) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  folder.write("plan.zsq", sample_plan());
  folder.write("set/0/a.ppm", ppm(sample().height, sample().width, 1));
  const std::string said = "plan.zsq is a plan, an integer program that zsq quantize made";
  expect_refusal(folder, {"quantize", "plan.zsq", "-o", "x.zsq"}, 3, said);
  expect_refusal(folder, {"eval", "plan.zsq", "--float", "plan.zsq", "--data", "set"}, 3, said);
}

TEST(BadPlan, WithOptionsOutOfRange) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  folder.write("plan.zsq", sample_plan());
  expect_refusal(folder, {"verify", "plan.zsq", "--images", "0"}, 2, "--images is '0'");
  expect_refusal(folder, {"run", "plan.zsq", "a.ppm", "--device", "tpu"}, 2, "--device is 'tpu'");
  expect_refusal(folder, {"run", "plan.zsq"}, 2, "at least one IMAGE");
  expect_refusal(folder, {"verify", "plan.zsq", "--cpu-path", "neon"}, 8,
                 "the cpu path 'neon' is unknown; here are ");
}

TEST(BadPlan, Truncated) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  const std::string& whole = sample_plan();
  ASSERT_GT(whole.size(), 1000U);
  for (const std::size_t part :
       {std::size_t{0}, std::size_t{7}, std::size_t{200}, whole.size() / 2, whole.size() - 1}) {
    folder.write("cut.zsq", std::string_view(whole).substr(0, part));
    expect_refusal(folder, {"verify", "cut.zsq"}, 3, "cut.zsq");
  }
}

/// Wherever it is: else it might make another valid plan, with other answers.
TEST(BadPlan, WithAFlippedBit) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  const std::string& whole = sample_plan();
  for (std::size_t i = 0; i < 8; ++i) {
    std::string bytes = whole;
    bytes[i < 2 ? 3 * i + 1 : (i < 5 ? 100 + 611 * i : whole.size() * i / 8)] ^=
        static_cast<char>(1U << (i % 7));
    folder.write("flipped.zsq", bytes);
    const Ended ended = folder.run({"verify", "flipped.zsq", "--images", "1", "--json"});
    expect_refused(ended, 3, "flipped.zsq");
  }
}

}  // namespace
}  // namespace zsq::e2e
