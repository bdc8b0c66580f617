#include "apps/model_source.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "apps/interrupt.h"
#include "apps/plan_source.h"
#include "graph/check.h"
#include "graph/file.h"
#include "graph/limits.h"
#include "graph/sidecar.h"
#include "graph/statistics_file.h"
#include "graph/text_table.h"

namespace zsq::apps {
namespace {

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts{""};
  for (const char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

/// "224" or "224x256" as height and width.
std::pair<int, int> extents(const std::string& option, const std::string& text) {
  const auto parts = split(text, 'x');
  check(parts.size() <= 2, Fault::usage, option, " is '", text, "', needed 224 or 224x256 (height x width)");
  const auto h = static_cast<int>(to_integer(option, parts.front(), 1, kMaxSide));
  return {h, static_cast<int>(to_integer(option, parts.back(), 1, kMaxSide))};
}

/// No mean or deviation of pixels in 0..1 is anywhere near 2; those of pixels in 0..255 mostly are beyond it.
void check_unit(const std::string& option, const std::string& text, const std::vector<double>& values) {
  std::string divided;
  for (const double v : values) divided += (divided.empty() ? "" : ",") + fixed(v / 255, 4);
  check(std::ranges::all_of(values, [](double v) { return std::abs(v) < 2; }), Fault::usage, option, " is '",
        text, "', which looks like pixels in 0..255; for pixels in 0..1 it is ", divided);
}

/// One number for each channel, or one for all.
std::vector<double> per_channel(const std::string& option, const std::string& text, std::int64_t channels) {
  std::vector<double> values;
  for (const std::string& part : split(text, ',')) {
    double v = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), v);
    check(error == std::errc() && end == part.data() + part.size() && std::isfinite(v), Fault::usage, option,
          " is '", text, "', needed numbers for pixels in 0..1, such as 0.485,0.456,0.406");
    values.push_back(v);
  }
  if (values.size() == 1) values.resize(static_cast<std::size_t>(channels), values[0]);
  check(std::ssize(values) == channels, Fault::usage, option, " has ", values.size(),
        " numbers, the network takes ", channels, " channels");
  check_unit(option, text, values);
  return values;
}

Preprocessing with_overrides(Preprocessing p, const Arguments& arguments, std::int64_t channels) {
  if (arguments.has("mean")) p.mean = per_channel("--mean", arguments.text("mean"), channels);
  if (arguments.has("std")) p.deviation = per_channel("--std", arguments.text("std"), channels);
  for (const double d : p.deviation) check(d > 0, Fault::usage, "--std has ", d, ", it must be positive");
  if (arguments.has("resize")) {
    const std::string text = arguments.text("resize");
    const auto [h, w] = extents("--resize", text);
    p.resize = Preprocessing::Resize{};
    if (text.find('x') == std::string::npos) {
      p.resize->shorter_side = h;
    } else {
      p.resize->height = h;
      p.resize->width = w;
    }
  }
  if (arguments.has("crop")) {
    const auto [h, w] = extents("--crop", arguments.text("crop"));
    p.crop = Preprocessing::Crop{h, w, {}, {}};
  }
  return p;
}

Preprocessing identity(std::int64_t channels) {
  Preprocessing p;
  p.mean.assign(static_cast<std::size_t>(channels), 0.0);
  p.deviation.assign(static_cast<std::size_t>(channels), 1.0);
  return p;
}

ImportOptions import_options(const Arguments& arguments) {
  return {.input = input_from(arguments), .architecture = arguments.text("arch"), .stop = is_interrupted};
}

}  // namespace

std::optional<Shape> input_from(const Arguments& arguments) {
  if (!arguments.has("input")) return std::nullopt;
  const auto parts = split(arguments.text("input"), 'x');
  check(parts.size() == 3, Fault::usage, "--input is '", arguments.text("input"),
        "', needed channels x height x width, such as 3x224x224");
  const auto extent = [&](std::size_t i) { return to_integer("--input", parts[i], 1, kMaxSide); };
  return Shape{1, extent(0), extent(1), extent(2)};
}

Preprocessing ModelSource::preprocessing_for(const std::filesystem::path& images) const {
  const auto found = zsq::preprocessing_for(images, model.image_sets, model.preprocessing);
  const std::int64_t channels = model.graph.input_shape().c;
  return with_overrides(found.value_or(identity(channels)), arguments, channels);
}

ModelSource open_model(const std::filesystem::path& path, const Arguments& arguments) {
  check(arguments.has("mean") == arguments.has("std"), Fault::usage, "--mean and --std belong together, ",
        arguments.has("mean") ? "--std" : "--mean", " is missing");
  check_no_plan(path);
  Model model = load_model(path, import_options(arguments));
  if (arguments.has("stats")) {
    const std::filesystem::path stats = arguments.text("stats");
    const FileBytes file(stats);
    model.graph = with_statistics(model.graph, file.view(), stats.string());
  }
  const std::int64_t channels = model.graph.input_shape().c;
  const bool known = model.preprocessing.has_value() || arguments.has("mean");
  Preprocessing p = with_overrides(model.preprocessing.value_or(identity(channels)), arguments, channels);
  return {std::move(model), std::move(p), known, arguments};
}

}  // namespace zsq::apps
