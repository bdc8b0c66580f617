#include "images/image_set.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <set>
#include <sstream>

#include "graph/check.h"

namespace zsq::images {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kCifarRecord = 1 + 3 * 32 * 32;

bool is_picture(const fs::path& path) {
  std::string extension = path.extension().string();
  std::ranges::transform(extension, extension.begin(), [](unsigned char c) { return std::tolower(c); });
  static const std::set<std::string> known{".png", ".jpg",  ".jpeg", ".bmp", ".ppm",
                                           ".pgm", ".webp", ".tif",  ".tiff"};
  return known.contains(extension);
}

/// Numbers by value, before names by letters: 2 comes before 10.
bool before(const fs::path& a, const fs::path& b) {
  const auto number = [](const std::string& s) {
    long long v = -1;
    const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), v);
    return error == std::errc() && end == s.data() + s.size() ? v : -1;
  };
  const std::string x = a.filename().string(), y = b.filename().string();
  const auto m = number(x), n = number(y);
  if (m >= 0 && n >= 0 && m != n) return m < n;
  if ((m >= 0) != (n >= 0)) return m >= 0;
  return x < y;
}

template <class Keep>
std::vector<fs::path> entries(const fs::path& folder, const Keep& keep) {
  std::error_code error;
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(folder, error))
    if (keep(entry)) found.push_back(entry.path());
  check(!error, Fault::data, folder.string(), ": cannot be listed: ", error.message());
  std::ranges::sort(found, before);
  return found;
}

std::vector<fs::path> pictures_in(const fs::path& folder) {
  return entries(folder,
                 [](const fs::directory_entry& e) { return e.is_regular_file() && is_picture(e.path()); });
}

std::vector<Picture> binary_records(const fs::path& file) {
  const std::uintmax_t size = fs::file_size(file);
  check(size > 0 && size % kCifarRecord == 0, Fault::data, file.string(), ": has ", size,
        " bytes, a CIFAR-10 binary file has ", kCifarRecord, " for each image");
  std::ifstream in(file, std::ios::binary);
  std::vector<Picture> images;
  for (std::uintmax_t r = 0; r < size / kCifarRecord; ++r) {
    in.seekg(static_cast<std::streamoff>(r * kCifarRecord));
    const int label = in.get();
    check(in.good(), Fault::data, file.string(), ": cannot be read");
    images.push_back({file, static_cast<std::int64_t>(r), label});
  }
  return images;
}

std::vector<Picture> listed(const fs::path& folder, const fs::path& list) {
  std::ifstream in(list);
  std::vector<Picture> images;
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty()) continue;
    const auto space = line.find_last_of(" \t");
    int label = -1;
    const char* end = line.data() + line.size();
    bool ok = space != std::string::npos && space > 0;
    if (ok) {
      const auto [stop, error] = std::from_chars(line.data() + space + 1, end, label);
      ok = error == std::errc() && stop == end;
    }
    check(ok, Fault::data, list.string(), ": line ", number, " is '", line, "', needed 'FILE CLASS'");
    const fs::path name = line.substr(0, space);
    check(name.is_relative() && std::ranges::find(name, fs::path("..")) == name.end(), Fault::data,
          list.string(), ": line ", number, " names '", name.string(), "', which is outside the folder");
    check(fs::is_regular_file(folder / name), Fault::data, list.string(), ": line ", number, " names '",
          name.string(), "', which is not there");
    images.push_back({folder / name, -1, label});
  }
  return images;
}

std::vector<Picture> by_class(const std::vector<fs::path>& folders) {
  std::vector<Picture> images;
  for (std::size_t label = 0; label < folders.size(); ++label)
    for (const fs::path& picture : pictures_in(folders[label]))
      images.push_back({picture, -1, static_cast<int>(label)});
  return images;
}

std::vector<Picture> in_folder(const fs::path& folder) {
  if (fs::is_regular_file(folder / "labels.txt")) return listed(folder, folder / "labels.txt");
  const auto binaries =
      entries(folder, [](const fs::directory_entry& e) { return e.path().extension() == ".bin"; });
  if (binaries.size() == 1) return binary_records(binaries[0]);
  check(binaries.empty(), Fault::data, folder.string(), ": holds ", binaries.size(),
        " .bin files; name one of them");
  std::vector<Picture> images;
  for (const fs::path& picture : pictures_in(folder)) images.push_back({picture, -1, -1});
  if (!images.empty()) return images;
  return by_class(entries(folder, [](const fs::directory_entry& e) { return e.is_directory(); }));
}

}  // namespace

ImageSet open_image_set(const fs::path& path) {
  check(fs::exists(path), Fault::data, path.string(), ": there is no such file or folder");
  ImageSet set{path, {}, false};
  if (fs::is_directory(path)) {
    set.images = in_folder(path);
  } else if (path.extension() == ".bin") {
    set.images = binary_records(path);
  } else {
    check(is_picture(path), Fault::data, path.string(),
          ": is not a picture (PNG, JPEG, BMP, PPM, WebP or TIFF)");
    set.images = {{path, -1, -1}};
  }
  check(!set.images.empty(), Fault::data, path.string(),
        ": no images found; needed are pictures in a folder per class, "
        "a labels.txt with 'FILE CLASS' lines beside them, or a CIFAR-10 .bin file");
  set.has_labels = set.images.front().label >= 0;
  return set;
}

std::vector<Picture> spread(const ImageSet& set, std::int64_t count) {
  const auto all = std::ssize(set.images), taken = std::min(count, all);
  std::vector<Picture> chosen;
  for (std::int64_t i = 0; i < taken; ++i)
    chosen.push_back(set.images[static_cast<std::size_t>(i * all / taken)]);
  return chosen;
}

void check_labels(const ImageSet& set, std::int64_t classes) {
  for (const Picture& image : set.images)
    check(0 <= image.label && image.label < classes, Fault::data, image.file.string(),
          image.record < 0 ? "" : ": record " + std::to_string(image.record), ": its label is ", image.label,
          ", the network has classes 0 to ", classes - 1);
}

}  // namespace zsq::images
