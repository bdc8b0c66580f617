#include "tests/export/other_tool.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>

#include <torch/types.h>
#include <unistd.h>

#include "images/torch/pixel_codec.h"
#include "runtime/session.h"
#include "tests/peers.h"

namespace zsq {
namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

Ran run_exported(const runtime::PlanFile& file, runtime::exporting::Profile profile, const std::string& tool,
                 const images::Pixels& pixels, runtime::exporting::NarrowWeights narrow) {
  const fs::path folder = fs::temp_directory_path() / ("zsq_export_" + std::to_string(getpid()));
  fs::create_directories(folder);
  std::ofstream(folder / "model.onnx", std::ios::binary)
      << runtime::exporting::to_onnx(file, profile, narrow);
  const torch::Tensor x =
      images::from_pixels(images::to_tensor(pixels), file.metadata.preprocessing).contiguous();
  std::ofstream(folder / "x.f32", std::ios::binary)
      .write(static_cast<const char*>(x.const_data_ptr()), static_cast<std::streamsize>(x.nbytes()));
  std::vector<std::string> words{(folder / "model.onnx").string(), (folder / "x.f32").string(),
                                 (folder / "y.f32").string(), tool};
  for (const std::int64_t extent : x.sizes()) words.push_back(std::to_string(extent));
  EXPECT_TRUE(run_with_peers("export/run_onnx.py", words));
  const std::string bytes = content(folder / "y.f32");
  Ran ran{std::vector<float>(bytes.size() / sizeof(float)), {}};
  std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(ran.values.data()));
  std::ifstream ops(folder / "y.f32.ops");
  for (std::string op; std::getline(ops, op);) ran.ops.push_back(op);
  fs::remove_all(folder);
  return ran;
}

std::vector<float> run_plan(const runtime::PlanFile& file, const images::Pixels& pixels) {
  const auto session = runtime::make_session(file.plan, runtime::Device::cpu, {});
  const runtime::SlotId output = file.plan.outputs.front();
  std::vector<std::int32_t> integers(static_cast<std::size_t>(pixels.n * file.plan[output].shape.size()));
  session->run(pixels.values, integers);
  const double scale = file.metadata.tensors[runtime::index(output)].scale;
  std::vector<float> values;
  for (const std::int32_t q : integers) values.push_back(static_cast<float>(q * scale));
  return values;
}

double agreement(const std::vector<float>& a, const std::vector<float>& b, std::int64_t images) {
  if (a.size() != b.size() || a.empty()) return 0;
  const std::size_t each = a.size() / static_cast<std::size_t>(images);
  std::int64_t same = 0;
  const auto first_class = [each](const std::vector<float>& all, std::size_t image) {
    const auto logits = std::span(all).subspan(image * each, each);
    return std::ranges::max_element(logits) - logits.begin();
  };
  for (std::size_t i = 0; i < static_cast<std::size_t>(images); ++i)
    same += first_class(a, i) == first_class(b, i) ? 1 : 0;
  return 100 * static_cast<double>(same) / static_cast<double>(images);
}

}  // namespace zsq
