#include "synth/image_files.h"

#include <charconv>
#include <cstring>
#include <regex>
#include <sstream>

#include <torch/types.h>

#include "graph/file.h"
#include "graph/safetensors.h"

namespace zsq::synth {
namespace {

constexpr auto kTensor = "images";

std::string metadata(const SafeTensors& content, std::string_view key) {
  const auto found = content.metadata.find(key);
  return found == content.metadata.end() ? std::string() : found->second;
}

std::uint64_t seed_from(const std::string& text, const std::string& who) {
  std::uint64_t seed = 0;
  if (text.empty()) return seed;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  check(error == std::errc() && end == text.data() + text.size(), Fault::data, who, ": its seed \"", text,
        "\" is not a number; make the images again with zsq synth");
  return seed;
}

std::string spelled(const std::vector<std::int64_t>& dims) {
  std::ostringstream out;
  out << '[';
  for (std::size_t i = 0; i < dims.size(); ++i) out << (i == 0 ? "" : ",") << dims[i];
  out << ']';
  return out.str();
}

void check_images(const SafeTensor& found, const Shape& input, const std::string& who) {
  check(found.dtype == DType::f32, Fault::data, who, ": its images are ", name_of(found.dtype),
        ", F32 is needed");
  const bool fits = found.dims.size() == 4 && found.dims[0] > 0 && found.dims[1] == input.c &&
                    found.dims[2] == input.h && found.dims[3] == input.w;
  check(fits, Fault::data, who, ": its images are ", spelled(found.dims), ", the network takes [n,", input.c,
        ',', input.h, ',', input.w, "]; make them from this network");
}

}  // namespace

std::string shard_file(const std::string& stem, const Shard& shard, const std::string& extension) {
  if (shard.of == 1) return stem + extension;
  return stem + "-" + std::to_string(shard.index) + "-of-" + std::to_string(shard.of) + extension;
}

std::vector<std::filesystem::path> shard_files(const std::filesystem::path& folder) {
  static const std::regex kShard(R"(images-\d{1,5}-of-(\d{1,5})\.safetensors)");
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    std::smatch found;
    if (!std::regex_match(name, found, kShard)) continue;
    const Shard all{0, std::stoi(found[1])};
    for (Shard shard = all; shard.index < all.of; ++shard.index) {
      files.push_back(folder / shard_file(kTensor, shard, ".safetensors"));
      check(std::filesystem::exists(files.back()), Fault::data, files.back().string(),
            ": this shard is missing; zsq synth --shard ", shard.index, "/", all.of, " makes it");
    }
    break;
  }
  return files;
}

void save_images(const std::filesystem::path& path, const SavedImages& set) {
  const torch::Tensor images = set.images.detach().cpu().to(torch::kFloat32).contiguous();
  SafeTensors content;
  content.tensors[kTensor] = {.dtype = DType::f32,
                              .dims = images.sizes().vec(),
                              .bytes = {static_cast<const char*>(images.const_data_ptr()), images.nbytes()}};
  content.metadata = {{"network", set.network},
                      {"recipe", set.recipe},
                      {"seed", std::to_string(set.seed)},
                      {"weights_sha256", set.weights_sha256}};
  write_file_atomically(path, encode_safetensors(content));
}

SavedImages load_images(const std::filesystem::path& path, const Shape& input) {
  const FileBytes file(path, Fault::data);
  const std::string who = path.string();
  const SafeTensors content = parse_safetensors(file.view(), who, Fault::data);
  const auto found = content.tensors.find(kTensor);
  check(found != content.tensors.end(), Fault::data, who, ": it has no tensor named \"", kTensor,
        "\"; a file that zsq synth has written is needed");
  check_images(found->second, input, who);
  torch::Tensor images = torch::empty(found->second.dims, torch::kFloat32);
  std::memcpy(images.mutable_data_ptr<float>(), found->second.bytes.data(), images.nbytes());
  check(images.isfinite().all().item<bool>(), Fault::data, who,
        ": a value is not a finite number; make the images again");
  return {.images = images,
          .network = metadata(content, "network"),
          .recipe = metadata(content, "recipe"),
          .seed = seed_from(metadata(content, "seed"), who),
          .weights_sha256 = metadata(content, "weights_sha256")};
}

}  // namespace zsq::synth
