#include "graph/sidecar.h"

#include <algorithm>

#include "graph/file.h"
#include "graph/json_settings.h"
#include "graph/labels.h"

namespace zsq {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxBytes = 4 << 20;  // ten thousand class names take 0.3 MB

class Reader : JsonSettings {
 public:
  Reader(const std::string& who, fs::path folder) : JsonSettings(who), folder_(std::move(folder)) {}

  SideCar read(std::string_view text) {
    const json root = parse(text);
    need(root.is_object(), "it is not a JSON object");
    known(root, "");
    SideCar out;
    if (const json* name = find(root, "name")) out.name = string(*name, "name");
    const json* input = find(root, "input");
    if (input != nullptr) {
      need(input->is_object(), "\"input\" is not an object");
      known(*input, "input");
      if (const json* shape = find(*input, "shape")) out.input = this->shape(*shape);
      out.preprocessing = normalisation(*input, out.input);
    }
    if (out.preprocessing) protocol(root, out);
    if (const json* names = find(root, "class_names")) labels(*names, out);
    return out;
  }

 private:
  void known(const json& object, std::string_view name) const {
    for (const SideCarKeys& keys : sidecar_keys()) {
      if (keys.object != name) continue;
      std::vector<std::string> all = keys.read;
      all.insert(all.end(), keys.descriptive.begin(), keys.descriptive.end());
      need_known(object, name.empty() ? "" : '"' + std::string(name) + '"', all);
    }
  }

  Shape shape(const json& value) const {
    const bool list = value.is_array() && (value.size() == 3 || (value.size() == 4 && value[0] == 1));
    need(list, "\"shape\" is ", shown(value), ", three extents such as [3, 224, 224] were needed");
    const auto at = [&](std::size_t from_end) { return extent(value[value.size() - from_end], "shape", 1); };
    return {1, at(3), at(2), at(1)};
  }

  std::optional<std::vector<double>> statistic(const json& input, const std::string& name,
                                               std::size_t channels) const {
    for (const auto& [suffix, divisor] : {std::pair{"_01", 1.0}, {"_255", 255.0}, {"", 1.0}})
      if (const std::string key = name + suffix; const json* value = find(input, key.c_str()))
        return numbers(*value, key.c_str(), channels, divisor);
    return std::nullopt;
  }

  std::optional<Preprocessing> normalisation(const json& input, const std::optional<Shape>& shape) const {
    const std::size_t channels = shape ? static_cast<std::size_t>(shape->c) : 3;
    const auto mean = statistic(input, "mean", channels), deviation = statistic(input, "std", channels);
    if (!mean && !deviation) return std::nullopt;
    Preprocessing out;
    out.mean = mean.value_or(std::vector<double>(channels, 0.0));
    out.deviation = deviation.value_or(std::vector<double>(channels, 1.0));
    need(std::ranges::all_of(out.deviation, [](double d) { return d > 0; }), "\"std\" is not positive");
    if (const json* order = find(input, "channels")) {
      const std::string name = string(*order, "channels");
      need(name == "RGB" || name == "BGR", "\"channels\" is ", shown(*order),
           ", \"RGB\" or \"BGR\" was needed");
      out.channels = name == "RGB" ? Preprocessing::Channels::rgb : Preprocessing::Channels::bgr;
    }
    return out;
  }

  Preprocessing::Resize resize(const json& value) const {
    if (!value.is_object()) return {.shorter_side = extent(value, "resize", 1)};
    known(value, "resize");
    Preprocessing::Resize out;
    if (const json* side = find(value, "shorter_side")) out.shorter_side = extent(*side, "shorter_side", 1);
    if (const json* h = find(value, "height")) out.height = extent(*h, "height", 1);
    if (const json* w = find(value, "width")) out.width = extent(*w, "width", 1);
    need((out.height > 0) == (out.width > 0) && (out.height > 0) != (out.shorter_side > 0),
         "\"resize\" needs a height and a width, or a shorter_side");
    if (const json* filter = find(value, "filter")) {
      const std::string name = string(*filter, "filter");
      const bool plain = name == "bilinear";
      need(plain || name == "bilinear, antialiased", "\"filter\" is ", shown(*filter),
           ", \"bilinear\" or \"bilinear, antialiased\" was needed");
      if (plain) out.filter = Preprocessing::Filter::bilinear;
    }
    return out;
  }

  Preprocessing::Crop crop(const json& value) const {
    if (!value.is_object()) {
      const int side = extent(value, "crop", 1);
      return {side, side, {}, {}};
    }
    known(value, "crop");
    Preprocessing::Crop out;
    const json* h = find(value, "height");
    const json* w = find(value, "width");
    need(h != nullptr && w != nullptr, "\"crop\" needs a height and a width");
    // NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): need() has thrown
    out.height = extent(*h, "height", 1);
    // NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker)
    out.width = extent(*w, "width", 1);
    if (const json* row = find(value, "row")) out.row = extent(*row, "row", 0);
    if (const json* column = find(value, "column")) out.column = extent(*column, "column", 0);
    return out;
  }

  Preprocessing steps(const json& object, Preprocessing base) const {
    if (const json* value = find(object, "resize")) base.resize = resize(*value);
    if (const json* value = find(object, "crop")) base.crop = crop(*value);
    return base;
  }

  /// Any images are prepared as the side-car says at its top, else as the first set, else squeezed to the
  /// input.
  void protocol(const json& root, SideCar& out) const {
    const Preprocessing base = *out.preprocessing;
    if (const json* sets = find(root, "protocol")) {
      need(sets->is_object(), "\"protocol\" is not an object");
      for (const auto& [path, set] : sets->items()) {
        need(set.is_object(), "\"protocol\" of \"", path, "\" is not an object");
        known(set, "protocol");
        out.image_sets.push_back({path, steps(set, base)});
      }
    }
    if (find(root, "resize") != nullptr || find(root, "crop") != nullptr)
      out.preprocessing = steps(root, base);
    else if (!out.image_sets.empty())
      out.preprocessing = out.image_sets.front().preprocessing;
    else if (out.input)
      out.preprocessing->resize = Preprocessing::Resize{.height = static_cast<int>(out.input->h),
                                                        .width = static_cast<int>(out.input->w)};
  }

  void labels(const json& value, SideCar& out) const {
    if (value.is_array()) {
      for (const json& name : value) out.labels.push_back(string(name, "class_names"));
      return;
    }
    const std::string file = string(value, "class_names");
    if (const auto found = find_upwards(folder_, file))
      out.labels = read_labels(*found);
    else
      out.warnings.push_back("The class names were not found: " + who() + " names " + file +
                             ", which is neither beside it nor above.");
  }

  fs::path folder_;
};

}  // namespace

std::span<const SideCarKeys> sidecar_keys() {
  static const std::vector<SideCarKeys> all{
      {"",
       {"name", "input", "resize", "crop", "protocol", "class_names"},
       {"title", "description", "source", "licence", "license", "changes", "made_by", "task", "classes",
        "output", "parameters", "batch_norm", "float_top1", "golden", "operators"}},
      {"input",
       {"shape", "channels", "mean", "mean_01", "mean_255", "std", "std_01", "std_255"},
       {"layout", "formula"}},
      {"resize", {"height", "width", "shorter_side", "filter"}, {}},
      {"crop", {"height", "width", "row", "column"}, {}},
      {"protocol", {"resize", "crop"}, {}}};
  return all;
}

SideCar parse_sidecar(std::string_view text, const std::string& who, const fs::path& folder) {
  return Reader(who, folder).read(text);
}

std::optional<SideCar> find_sidecar(const fs::path& model) {
  const fs::path path = fs::path(model).replace_extension(".json");
  std::error_code ignored;
  if (path == model || !fs::is_regular_file(path, ignored)) return std::nullopt;
  const FileBytes file(path);
  check(file.view().size() <= kMaxBytes, Fault::model, path.string(), " has ", file.view().size(),
        " bytes, a side-car has at most ", kMaxBytes, "; correct it or remove the file");
  return parse_sidecar(file.view(), path.string(), path.parent_path());
}

std::optional<Preprocessing> preprocessing_for(const fs::path& images, std::span<const SetPreprocessing> sets,
                                               const std::optional<Preprocessing>& any) {
  std::error_code ignored;
  const fs::path whole = fs::weakly_canonical(images, ignored);
  std::string place = (whole.empty() ? images : whole).generic_string();
  place.insert(0, 1, '/').push_back('/');
  const SetPreprocessing* best = nullptr;
  for (const SetPreprocessing& set : sets)
    if (place.find('/' + set.path + '/') != std::string::npos &&
        (best == nullptr || set.path.size() > best->path.size()))
      best = &set;
  return best != nullptr ? best->preprocessing : any;
}

}  // namespace zsq
