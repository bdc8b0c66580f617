#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "tests/e2e/facts.h"
#include "tests/e2e/folder.h"
#include "tests/e2e/sample.h"

/// The way of a user who does everything right, on few images and few steps.
namespace zsq::e2e {
namespace {

using nlohmann::json;

TEST(Pipeline, InspectTellsWhatTheModelIs) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  const json facts = expect_facts(folder.run({"inspect", sample_model(), "--json"}),
                                  {"ops", "batch_norms", "folded", "unsupported", "parameters", "input"});
  EXPECT_FALSE(facts.at("folded"));
  EXPECT_TRUE(facts.at("unsupported").empty());
  EXPECT_GT(facts.at("batch_norms").size(), 0U);
  EXPECT_GT(facts.at("parameters"), 1000);
  const Ended text = folder.run({"inspect", sample_model()});
  EXPECT_EQ(text.code, 0);
  EXPECT_NE(text.out.find("can be quantized without data: zsq quantize " + sample_model().string() + " -o "),
            std::string::npos)
      << text.out;
}

/// Synthesis and quantization with --threads 1 and 2: the same bytes; another seed: others.
TEST(Pipeline, SameSeedSameBytesWhateverTheThreads) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  const auto synth = [&](const std::string& to, const std::string& threads, const std::string& seed) {
    return folder.run({"synth", sample_model(), "-o", to, "--count", "8", "--steps", "2", "--threads",
                       threads, "--seed", seed, "--json", "--quiet"});
  };
  const json facts = expect_facts(synth("one", "1", "0"),
                                  {"images", "seconds", "seconds_per_100_iterations", "peak_rss_mb", "fit"});
  EXPECT_EQ(facts.at("images"), 8);
  for (const json& norm : facts.at("fit"))
    for (const char* key : {"name", "mean_error", "std_error"}) EXPECT_TRUE(norm.contains(key)) << key;
  EXPECT_EQ(synth("two", "2", "0").code, 0);
  EXPECT_EQ(synth("other", "1", "1").code, 0);
  EXPECT_TRUE(folder.read("one/images.safetensors") == folder.read("two/images.safetensors"));
  EXPECT_FALSE(folder.read("one/images.safetensors") == folder.read("other/images.safetensors"));
  EXPECT_TRUE(folder.read("one/contact-sheet.png").starts_with("\x89PNG"));

  for (const std::string threads : {"1", "2"})
    EXPECT_EQ(folder
                  .run({"quantize", sample_model(), "-o", threads + ".zsq", "--count", "8", "--steps", "2",
                        "--threads", threads, "--quiet"})
                  .code,
              0);
  EXPECT_TRUE(folder.read("1.zsq") == folder.read("2.zsq"));
}

TEST(Pipeline, KeepsOnlyTheImagesThatAreAskedFor) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  const auto synth = [&](const std::string& keep) {
    EXPECT_EQ(
        folder.run({"synth", sample_model(), "-o", keep, "--keep", keep, "--count", "4", "--steps", "2"})
            .code,
        0);
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder / keep))
      names.insert(entry.path().filename().string());
    return names;
  };
  EXPECT_EQ(
      folder.run({"synth", sample_model(), "-o", "numpy", "--npy", "--count", "4", "--steps", "2"}).code, 0);
  const std::string npy = folder.read("numpy/images.npy");
  const Sample& s = sample();
  EXPECT_TRUE(npy.starts_with("\x93NUMPY")) << npy.substr(0, 60);
  EXPECT_EQ(npy.size() % 64, static_cast<std::size_t>(4 * 4 * s.channels * s.height * s.width) % 64);
  EXPECT_NE(npy.find("(4, " + std::to_string(s.channels) + ", "), std::string::npos);
  expect_refusal(folder, {"synth", sample_model(), "-o", "other", "--npy", "--keep", "grid"}, 2, "--npy");
  EXPECT_EQ(synth("none"), (std::set<std::string>{"report.json"}));
  EXPECT_EQ(synth("grid"), (std::set<std::string>{"contact-sheet.png", "report.json"}));
}

TEST(Pipeline, FromModelToAccuracy) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  const std::string model = sample_model();
  const json made = expect_facts(
      folder.run({"quantize", model, "-o", "net.zsq", "--count", "16", "--steps", "5", "--json", "--quiet"}),
      {"seconds", "synthesis_seconds", "peak_rss_mb", "file_bytes", "float_bytes", "steps"});
  EXPECT_EQ(made.at("file_bytes"), folder.read("net.zsq").size());

  const json verified =
      expect_facts(folder.run({"verify", "net.zsq", "--json"}), {"tensors", "mismatches", "devices"});
  EXPECT_EQ(verified.at("mismatches"), 0);
  EXPECT_GT(verified.at("tensors"), 5);
  for (const json& path : expect_facts(folder.run({"doctor", "--json"}), {"cpu_paths"}).at("cpu_paths"))
    EXPECT_EQ(expect_facts(folder.run({"verify", "net.zsq", "--json", "--cpu-path", path}), {"mismatches"})
                  .at("mismatches"),
              0)
        << path;

  if (!expect_facts(folder.run({"doctor", "--json"}), {"cuda", "gpu"}).at("cuda").get<bool>())
    expect_refused(folder.run({"verify", "net.zsq", "--device", "cuda"}), 8, "--device cuda: ");

  write_labelled(folder, "set", 2);
  const auto eval = [&](const std::string& device) {
    const json facts =
        expect_facts(folder.run({"eval", "net.zsq", "--float", model, "--data", "set", "--device", device,
                                 "--json", "--quiet"}),
                     {"images", "top1", "float_top1", "agreement", "confidence95", "device", "seconds"});
    EXPECT_EQ(facts.at("images"), 2 * sample().classes);
    EXPECT_EQ(facts.at("device"), device);
    return facts;
  };
  const json cpu = eval("cpu"), reference = eval("reference");
  for (const char* key : {"top1", "float_top1", "agreement", "sqnr_db"})
    EXPECT_EQ(cpu.at(key), reference.at(key)) << key;

  const json alone =
      expect_facts(folder.run({"eval", model, "--data", "set", "--json", "--quiet"}), {"images", "top1"});
  EXPECT_EQ(alone.at("float_top1"), cpu.at("float_top1"));

  const json guesses =
      expect_facts(folder.run({"run", "net.zsq", "set/0/0.ppm", "set/1/0.ppm", "--json"}), {"images"});
  EXPECT_EQ(guesses.at("images").size(), 2U);
}

TEST(Pipeline, ComparesWaysToCalibrate) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  write_labelled(folder, "set", 1);
  const json facts =
      expect_facts(folder.run({"compare", sample_model(), "--data", "set", "--bits", "8/8", "--count", "8",
                               "--steps", "5", "--json", "--quiet", "--csv", "table.csv"}),
                   {"rows", "float_top1", "images"});
  EXPECT_EQ(facts.at("images"), sample().classes);
  std::set<std::string> ways;
  for (const json& row : facts.at("rows")) {
    ways.insert(row.at("calibration"));
    for (const char* key : {"wbits", "abits", "top1", "agreement", "sqnr_db", "seconds", "seed"})
      EXPECT_TRUE(row.contains(key)) << key;
  }
  EXPECT_EQ(ways, (std::set<std::string>{"noise", "real", "synthetic"}));
  const std::string csv = folder.read("table.csv");
  EXPECT_TRUE(csv.starts_with("calibration,wbits,abits,top1,")) << csv;
  EXPECT_EQ(std::ranges::count(csv, '\n'), 5) << csv;
  EXPECT_NE(csv.find("\nfloat,32,32,"), std::string::npos) << csv;
  expect_refusal(folder, {"compare", sample_model(), "--data", "set", "--csv", "table.csv"}, 5, "table.csv");
}

TEST(Pipeline, ComparisonCanKeepItsPlans) {
  ZSQ_NEED_SAMPLE();
  const Folder folder;
  write_labelled(folder, "set", 1);
  const std::vector<std::string> words{"compare",          sample_model(),
                                       "--data",           "set",
                                       "--bits",           "8/8,4/4",
                                       "--count",          "8",
                                       "--steps",          "2",
                                       "--json",           "--quiet",
                                       "--keep-plans",     "plans",
                                       "--learning-steps", "2"};
  const json facts = expect_facts(folder.run(words), {"rows"});
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "plans"))
    names.insert(entry.path().filename().string());
  EXPECT_EQ(names, (std::set<std::string>{"noise-w4a4.zsq", "noise-w8a8.zsq", "real-w4a4.zsq",
                                          "real-w8a8.zsq", "synthetic-w4a4.zsq", "synthetic-w8a8.zsq"}));
  const json first = expect_facts(folder.run({"eval", "plans/noise-w8a8.zsq", "--float", sample_model(),
                                              "--data", "set", "--json", "--quiet"}),
                                  {"agreement", "sqnr_db"});
  EXPECT_EQ(first.at("agreement"), facts.at("rows").at(0).at("agreement"));
  EXPECT_EQ(first.at("sqnr_db"), facts.at("rows").at(0).at("sqnr_db"));
  expect_refusal(folder, words, 5, "plans/noise-w8a8.zsq: is there already");
}

}  // namespace
}  // namespace zsq::e2e
