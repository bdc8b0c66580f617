/// render_shapes --count 1000 --seed 7 -o FOLDER [--force]
/// Writes images of the shapes data set as PNG files in a folder per class: what `zsq eval --data FOLDER`
/// reads.
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "graph/check.h"
#include "samples/shapes/render.h"

namespace fs = std::filesystem;
using namespace zsq;
using namespace zsq::samples;

namespace {

constexpr std::int64_t kMostImages = 1'000'000;

struct Arguments {
  std::int64_t count = 1000;
  std::uint64_t seed = 7;
  fs::path folder;
  bool force = false;  // write into a folder that is not empty
};

template <class T>
T number(const std::string& option, const std::string& text) {
  T value{};
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  check(error == std::errc{} && stop == end, Fault::usage, option, ": ", text,
        " was found, a number was needed");
  return value;
}

Arguments parse(int argc, char** argv) {
  constexpr const char* kUsage = "usage: render_shapes [--count N] [--seed N] -o FOLDER [--force]";
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string option = argv[i];
    if (option == "--force") {
      arguments.force = true;
      continue;
    }
    const bool known = option == "--count" || option == "--seed" || option == "-o";
    check(known && i + 1 < argc, Fault::usage, known ? option + " needs a value" : "unknown option " + option,
          "; ", kUsage);
    const std::string value = argv[++i];
    if (option == "--count") arguments.count = number<std::int64_t>(option, value);
    if (option == "--seed") arguments.seed = number<std::uint64_t>(option, value);
    if (option == "-o") arguments.folder = value;
  }
  check(!arguments.folder.empty(), Fault::usage, "no folder was given; ", kUsage);
  check(arguments.count >= 1 && arguments.count <= kMostImages, Fault::usage, "--count: ", arguments.count,
        " was found, 1 to ", kMostImages, " was needed");
  return arguments;
}

void write_png(const fs::path& path, const ShapeImage& image) {
  const cv::Mat rgb(kShapeSide, kShapeSide, CV_8UC3, const_cast<std::uint8_t*>(image.pixels.data()));
  cv::Mat bgr;
  cv::cvtColor(rgb, bgr, cv::COLOR_RGB2BGR);
  std::vector<unsigned char> png;
  check(cv::imencode(".png", bgr, png), Fault::data, path.string(), ": the image cannot be encoded");
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(png.data()), std::ssize(png));
  check(file.flush().good(), Fault::data, path.string(), ": cannot be written");
}

void run(const Arguments& arguments) {
  std::error_code error;
  const bool taken = fs::exists(arguments.folder) && !fs::is_empty(arguments.folder, error);
  check(!taken || arguments.force, Fault::data, arguments.folder.string(),
        " is there and not empty; choose another folder, or say --force to write into it");
  for (const std::string_view name : kShapeClasses) {
    fs::create_directories(arguments.folder / name, error);
    check(!error, Fault::data, (arguments.folder / name).string(), ": ", error.message());
  }
  for (std::int64_t i = 0; i < arguments.count; ++i) {
    const ShapeImage image = render(i, arguments.seed);
    std::string file = std::to_string(i);
    file.insert(0, 6 - std::min<std::size_t>(6, file.size()), '0');
    write_png(arguments.folder / kShapeClasses[static_cast<std::size_t>(image.label)] / (file + ".png"),
              image);
  }
  std::cout << arguments.count << " images of seed " << arguments.seed << " in " << arguments.folder.string()
            << '\n';
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run(parse(argc, argv));
    return 0;
  } catch (const Error& e) {
    std::cerr << "render_shapes: " << e.what() << '\n';
    return static_cast<int>(e.fault());
  }
}
