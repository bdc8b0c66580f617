#include "graph/hub_config.h"

#include <algorithm>
#include <cmath>

#include "graph/file.h"
#include "graph/json_settings.h"

namespace zsq {
namespace {

using json = JsonSettings::json;
namespace fs = std::filesystem;

constexpr std::uintmax_t kMaxBytes = std::uintmax_t{1} << 20U;

class HubReader : JsonSettings {
 public:
  using JsonSettings::JsonSettings;

  /// timm: resize the shorter side to the input's over crop_pct, crop the centre.
  SideCar timm(const json& config) const {
    SideCar out;
    const json* size = find(config, "input_size");
    need(size->is_array() && size->size() == 3, "\"input_size\" is ", shown(*size),
         ", needed [channels, height, width]");
    out.input = Shape{1, extent((*size)[0], "input_size", 1), extent((*size)[1], "input_size", 1),
                      extent((*size)[2], "input_size", 1)};
    Preprocessing p = normalisation(config, "mean", "std", 1);
    const int h = static_cast<int>(out.input->h), w = static_cast<int>(out.input->w);
    const double share = number(config, "crop_pct", 1, 0.1, 1);
    const std::string mode =
        find(config, "crop_mode") == nullptr ? "center" : string(*find(config, "crop_mode"), "crop_mode");
    p.resize = Preprocessing::Resize{};
    if (mode == "squash" || h != w) {
      p.resize->height = static_cast<int>(std::floor(h / share));
      p.resize->width = static_cast<int>(std::floor(w / share));
    } else {
      p.resize->shorter_side = static_cast<int>(std::floor(h / share));
    }
    p.crop = Preprocessing::Crop{h, w, {}, {}};
    const std::string filter = find(config, "interpolation") == nullptr
                                   ? "bilinear"
                                   : string(*find(config, "interpolation"), "interpolation");
    if (filter != "bilinear") out.warnings.push_back(said_of_filter(filter));
    out.preprocessing = p;
    return out;
  }

  SideCar transformers(const json& config) const {
    SideCar out;
    const bool scaled = flag(config, "do_rescale", true), normal = flag(config, "do_normalize", true);
    Preprocessing p =
        normal ? normalisation(config, "image_mean", "image_std", scaled ? 1 : 255)
               : Preprocessing{.mean = {0, 0, 0}, .deviation = std::vector(3, scaled ? 1.0 : 1.0 / 255)};
    const double factor = number(config, "rescale_factor", 1.0 / 255, 1e-6, 1);
    need(!scaled || std::abs(factor * 255 - 1) < 1e-4, "\"rescale_factor\" is ", factor,
         ", 1/255 is supported");
    if (flag(config, "do_flip_channel_order", false)) p.channels = Preprocessing::Channels::bgr;
    if (const json* size = find(config, "size"); size != nullptr && flag(config, "do_resize", true)) {
      const Preprocessing::Crop to = rectangle(*size, "size");
      const bool shorter = size->is_number() || find(*size, "shortest_edge") != nullptr;
      p.resize = Preprocessing::Resize{};
      if (shorter) {
        p.resize->shorter_side = to.height;
      } else {
        p.resize->height = to.height;
        p.resize->width = to.width;
        out.input = Shape{1, 3, to.height, to.width};
      }
      const int resample = static_cast<int>(number(config, "resample", 2, 0, 5));
      if (resample != 2)
        out.warnings.push_back(
            said_of_filter(resample == 3 ? "bicubic" : "resample " + std::to_string(resample)));
    }
    if (const json* size = find(config, "crop_size");
        size != nullptr && flag(config, "do_center_crop", true)) {
      p.crop = rectangle(*size, "crop_size");
      out.input = Shape{1, 3, p.crop->height, p.crop->width};
    }
    out.preprocessing = p;
    return out;
  }

 private:
  std::string said_of_filter(const std::string& filter) const {
    return who() + " resizes images by '" + filter.substr(0, 40) +
           "'; bilinear interpolation is done instead.";
  }

  Preprocessing normalisation(const json& config, const char* mean, const char* deviation,
                              double divisor) const {
    Preprocessing p;
    p.mean = numbers(*find(config, mean), mean, 3, divisor);
    p.deviation = numbers(*find(config, deviation), deviation, 3, divisor);
    for (const double d : p.deviation) need(d > 0, '"', deviation, "\" holds ", d, ", it must be positive");
    return p;
  }

  bool flag(const json& config, const char* key, bool absent) const {
    const json* value = find(config, key);
    need(value == nullptr || value->is_boolean(), '"', key, "\" is neither true nor false");
    return value == nullptr ? absent : value->get<bool>();
  }

  double number(const json& config, const char* key, double absent, double low, double high) const {
    const json* value = find(config, key);
    if (value == nullptr) return absent;
    const bool fits = value->is_number() && value->get<double>() >= low && value->get<double>() <= high;
    need(fits, '"', key, "\" is ", shown(*value), ", needed ", low, " to ", high);
    return value->get<double>();
  }

  /// 224, {"shortest_edge": 224} or {"height": 224, "width": 224}.
  Preprocessing::Crop rectangle(const json& value, const char* key) const {
    if (value.is_number()) return {extent(value, key, 1), extent(value, key, 1), {}, {}};
    need(value.is_object(), '"', key, "\" is ", shown(value), ", no size");
    if (const json* edge = find(value, "shortest_edge"))
      return {extent(*edge, key, 1), extent(*edge, key, 1), {}, {}};
    const json *h = find(value, "height"), *w = find(value, "width");
    need(h != nullptr && w != nullptr, '"', key,
         "\" has neither \"shortest_edge\" nor \"height\" and \"width\"");
    return {extent(*h, key, 1), extent(*w, key, 1), {}, {}};
  }
};

bool has(const json& object, std::initializer_list<const char*> keys) {
  return object.is_object() &&
         std::ranges::all_of(keys, [&](const char* k) { return JsonSettings::find(object, k) != nullptr; });
}

}  // namespace

std::optional<SideCar> parse_hub_config(std::string_view text, const std::string& who) {
  json whole;
  try {
    whole = JsonSettings(who).parse(text);
  } catch (const Error&) {
    return std::nullopt;  // whatever it is, it is not about this model
  }
  const HubReader reader(who);
  if (has(whole, {"image_mean", "image_std"})) return reader.transformers(whole);
  const json* inner = whole.is_object() ? JsonSettings::find(whole, "pretrained_cfg") : nullptr;
  for (const json* config : {inner, static_cast<const json*>(&whole)})
    if (config != nullptr && has(*config, {"input_size", "mean", "std"})) return reader.timm(*config);
  return std::nullopt;
}

std::optional<SideCar> find_hub_config(const fs::path& model) {
  for (const char* name : {"preprocessor_config.json", "config.json"}) {
    const fs::path path = model.parent_path() / name;
    std::error_code ignored;
    if (!fs::is_regular_file(path, ignored) || fs::file_size(path, ignored) > kMaxBytes) continue;
    if (auto found = parse_hub_config(read_file(path, Fault::model), path.string())) return found;
  }
  return std::nullopt;
}

}  // namespace zsq
