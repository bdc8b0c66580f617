#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <ostream>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

/// Includes point down the folder table of DESIGN.md only. The test reads every #include and names the file
/// and the line of one that does not.
namespace zsq {
namespace {

namespace fs = std::filesystem;

/// What the files of one folder, and of the folders inside it that have no rule of their own, may include.
struct Rule {
  std::string folder;
  std::vector<std::string> ours;    // folders, or single headers, of this project
  std::vector<std::string> others;  // beginnings of headers of other libraries
};

/// The plain vocabulary of graph/: no network, no file format of models.
const std::vector<std::string> kVocabulary{"graph/check.h",         "graph/dtype.h",      "graph/file.h",
                                           "graph/limits.h",        "graph/op.h",         "graph/shape.h",
                                           "graph/preprocessing.h", "graph/safetensors.h"};

std::vector<std::string> with(std::vector<std::string> list, const std::vector<std::string>& more) {
  list.insert(list.end(), more.begin(), more.end());
  return list;
}

std::vector<Rule> rules() {
  const std::vector<std::string> torch{"torch/", "ATen/", "c10/"};
  const std::vector<std::string> torch_and_files = with(torch, {"nlohmann/", "opencv2/"});
  const std::vector<std::string> everything{"graph",   "graph/torch", "images",         "images/torch",
                                            "bnstats", "synth",       "quantize",       "search",
                                            "runtime", "evaluate",    "evaluate/torch", "export", "report", "analyze"};
  return {
      {"graph", {"graph"}, {"nlohmann/"}},
      {"graph/torch", {"graph", "graph/torch"}, with(torch, {"nlohmann/", "caffe2/serialize/"})},
      {"bnstats", {"graph", "graph/torch", "bnstats"}, with(torch, {"nlohmann/"})},
      {"images", {"graph", "images"}, {}},
      {"images/codecs", {"images", "images/codecs"}, {"jpeglib.h", "png.h"}},
      {"images/opencv", {"images", "images/opencv"}, {"opencv2/"}},
      {"images/torch", {"graph", "images", "images/torch"}, torch},
      {"synth", {"graph", "graph/torch", "images", "images/torch", "bnstats", "synth"}, torch_and_files},
      {"quantize", {"graph", "graph/torch", "bnstats", "runtime", "quantize"}, with(torch, {"nlohmann/"})},
      {"search",
       {"graph", "graph/torch", "images", "images/torch", "quantize", "runtime", "runtime/file/bits.h",
        "search"},
       with(torch, {"nlohmann/"})},
      {"search/cbc_solver.cpp", {"graph", "search"}, {"coin/"}},
      {"runtime", with(kVocabulary, {"runtime"}), {}},
      {"runtime/file",
       with(kVocabulary, {"graph/json_guard.h", "graph/sha256.h", "runtime", "runtime/file"}),
       {"nlohmann/"}},
      {"runtime/cpu", with(kVocabulary, {"runtime", "runtime/cpu"}), {"immintrin.h", "cpuid.h"}},
      {"runtime/cuda", with(kVocabulary, {"runtime", "runtime/cuda"}), {"cuda", "dlfcn.h"}},
      {"export", with(kVocabulary, {"graph/onnx/writer.h", "runtime", "export"}), {"nlohmann/"}},
      {"evaluate", {"graph", "images", "runtime", "evaluate"}, {"nlohmann/"}},
      {"evaluate/torch",
       {"graph", "graph/torch", "images", "images/torch", "evaluate", "evaluate/torch"},
       torch},
      {"analyze", {"graph", "graph/torch", "images", "images/torch", "quantize", "runtime", "report", "analyze"}, with(torch, {"nlohmann/"})},
      {"report", {"graph", "evaluate", "report"}, {"nlohmann/"}},
      {"apps", with(everything, {"apps", "images/codecs", "images/opencv"}),
       with(torch_and_files, {"dlfcn.h", "malloc.h"})},
      {"apps/arguments.cpp", {"graph", "apps"}, {"cxxopts.hpp"}},
      {"samples", with(everything, {"samples"}), torch_and_files},
  };
}

bool is_in(const std::string& path, const std::string& folder) {
  return path == folder || path.starts_with(folder + "/");
}

/// The most special rule for a file, by the longest folder that holds it.
const Rule* rule_for(const std::string& path, const std::vector<Rule>& all) {
  const Rule* best = nullptr;
  for (const Rule& rule : all)
    if (is_in(path, rule.folder) && (best == nullptr || rule.folder.size() > best->folder.size()))
      best = &rule;
  return best;
}

/// <vector>, <sys/stat.h> and <unistd.h>: the language's and the system's own.
bool is_system(const std::string& header) {
  static const std::set<std::string> posix{"fcntl.h", "unistd.h", "spawn.h"};
  return header.find_first_of("./") == std::string::npos || header.starts_with("sys/") ||
         posix.contains(header);
}

bool is_allowed(const Rule& rule, const std::string& header, bool quoted, const std::vector<Rule>& all) {
  if (!quoted) {
    const auto begins = [&](const std::string& other) { return header.starts_with(other); };
    return is_system(header) || std::ranges::any_of(rule.others, begins);
  }
  // A header belongs to the most special folder that has a rule: "graph" does not open "graph/torch".
  const Rule* home = rule_for(header, all);
  return std::ranges::any_of(rule.ours, [&](const std::string& ours) {
    return header == ours || (home != nullptr && home->folder == ours);
  });
}

struct Include {
  std::string header;
  bool quoted;
};

std::optional<Include> include_in(const std::string& line) {
  static const std::regex form(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"].*)");
  std::smatch match;
  if (!std::regex_match(line, match, form)) return std::nullopt;
  return Include{match[2], match[1] == "\""};
}

bool is_source(const fs::path& path) {
  static const std::set<std::string> known{".h", ".cpp", ".cu", ".cuh", ".inc"};
  return known.contains(path.extension().string());
}

struct Reading {
  int includes = 0;
  std::vector<std::string> violations;  // "graph/op.h:7: includes <torch/types.h>, ..."
};

Reading read_includes(const fs::path& root) {
  const std::vector<Rule> all = rules();
  Reading reading;
  for (const Rule& top : all) {
    if (top.folder.find('/') != std::string::npos || !fs::is_directory(root / top.folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / top.folder)) {
      if (!entry.is_regular_file() || !is_source(entry.path())) continue;
      const std::string path = fs::relative(entry.path(), root).generic_string();
      const Rule& rule = *rule_for(path, all);
      std::ifstream in(entry.path());
      std::string line;
      for (int number = 1; std::getline(in, line); ++number) {
        const auto include = include_in(line);
        if (!include) continue;
        ++reading.includes;
        if (is_allowed(rule, include->header, include->quoted, all)) continue;
        reading.violations.push_back(path + ":" + std::to_string(number) + ": includes " + include->header +
                                     ", which the folder table does not allow in " + rule.folder);
      }
    }
  }
  return reading;
}

fs::path source_folder() { return std::getenv("ZSQ_SOURCE_DIR"); }

TEST(Layering, IncludesPointDownTheFolderTable) {
  const Reading reading = read_includes(source_folder());
  EXPECT_GT(reading.includes, 500) << "the sources were not found";
  for (const std::string& violation : reading.violations) ADD_FAILURE() << violation;
}

struct Planted {
  const char* file;
  const char* include;
  bool allowed;
};

void PrintTo(const Planted& p, std::ostream* out) { *out << p.file << " with " << p.include; }

class LayeringOfOneInclude : public testing::TestWithParam<Planted> {};

TEST_P(LayeringOfOneInclude, IsJudgedAndNamed) {
  const Planted& planted = GetParam();
  const fs::path root = fs::path(testing::TempDir()) / ("layering_" + std::to_string(getpid()));
  fs::remove_all(root);
  fs::create_directories((root / planted.file).parent_path());
  std::ofstream(root / planted.file) << "#pragma once\n\n#include " << planted.include << "\n";
  const Reading reading = read_includes(root);
  EXPECT_EQ(reading.includes, 1);
  ASSERT_EQ(reading.violations.size(), planted.allowed ? 0U : 1U);
  if (!planted.allowed) {
    EXPECT_TRUE(reading.violations[0].starts_with(std::string(planted.file) + ":3: "))
        << reading.violations[0];
  }
  fs::remove_all(root);
}

INSTANTIATE_TEST_SUITE_P(
    Planted, LayeringOfOneInclude,
    testing::Values(Planted{"graph/op.h", "<vector>", true}, Planted{"graph/op.h", "<torch/types.h>", false},
                    Planted{"graph/op.h", "\"graph/torch/executor.h\"", false},
                    Planted{"graph/op.h", "\"bnstats/statistics.h\"", false},
                    Planted{"graph/torch/executor.h", "\"graph/architectures/named_parameters.h\"", true},
                    Planted{"images/image_set.cpp", "\"synth/noise.h\"", false},
                    Planted{"synth/noise.cpp", "\"images/torch/pixel_codec.h\"", true},
                    Planted{"images/load_pixels.cpp", "<torch/types.h>", false},
                    Planted{"images/load_pixels.cpp", "<opencv2/core.hpp>", false},
                    Planted{"evaluate/predictions.h", "\"images/torch/pixel_codec.h\"", false},
                    Planted{"evaluate/accuracy.cpp", "\"quantize/sqnr.h\"", false},
                    Planted{"evaluate/accuracy.cpp", "\"apps/console.h\"", false},
                    Planted{"report/card.cpp", "\"quantize/quantize.h\"", false},
                    Planted{"samples/05_compare.cpp", "\"apps/console.h\"", false},
                    Planted{"bnstats/health.cpp", "\"synth/losses.h\"", false},
                    Planted{"synth/losses.cpp", "\"quantize/lower.h\"", false},
                    Planted{"quantize/lower.cpp", "\"runtime/plan.h\"", true},
                    Planted{"quantize/lower.cpp", "\"runtime/cpu/session.h\"", false},
                    Planted{"quantize/lower.cpp", "<opencv2/core.hpp>", false},
                    Planted{"runtime/step.cpp", "<nlohmann/json.hpp>", false},
                    Planted{"runtime/step.cpp", "\"graph/graph.h\"", false},
                    Planted{"runtime/cpu/session.cpp", "<torch/types.h>", false},
                    Planted{"runtime/file/plan_file.cpp", "<nlohmann/json.hpp>", true},
                    Planted{"apps/synth.cpp", "<cxxopts.hpp>", false},
                    Planted{"apps/arguments.cpp", "<cxxopts.hpp>", true},
                    Planted{"apps/synth.cpp", "\"tests/shared_data.h\"", false}));

}  // namespace
}  // namespace zsq
