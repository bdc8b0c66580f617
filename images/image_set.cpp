#include "images/image_set.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <optional>
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

/// Pictures with the classes that were written beside them. Labels count `classes` while there are names.
struct Written {
  std::vector<Picture> images;
  std::vector<std::string> classes;  // of each picture
};

/// The number that the whole of `text` is, from 0.
std::optional<int> as_number(const std::string& text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole ? std::optional(number) : std::nullopt;
}

/// Labels of numbers are the numbers, labels of names are places in class_names.
ImageSet labelled(const fs::path& path, Written written) {
  ImageSet set{path, std::move(written.images), true, {}};
  std::set<std::string> names;
  const std::string *a_number = nullptr, *a_name = nullptr;
  for (const std::string& c : written.classes) {
    (as_number(c) ? a_number : a_name) = &c;
    names.insert(c);
  }
  check(a_number == nullptr || a_name == nullptr, Fault::data, path.string(), ": has classes by number, '",
        a_number == nullptr ? "" : *a_number, "', and by name, '", a_name == nullptr ? "" : *a_name,
        "'; one of the two was needed");
  if (a_name != nullptr) set.class_names.assign(names.begin(), names.end());
  for (std::size_t i = 0; i < set.images.size(); ++i)
    set.images[i].label =
        a_name == nullptr ? *as_number(written.classes[i])
                          : static_cast<int>(std::ranges::lower_bound(set.class_names, written.classes[i]) -
                                             set.class_names.begin());
  return set;
}

/// A line of a list, and where in it the class begins: behind the last tab, or else the last space.
std::pair<std::string, std::string> file_and_class(const std::string& line) {
  auto space = line.find_last_of('\t');
  if (space == std::string::npos) space = line.find_last_of(' ');
  if (space == std::string::npos) return {line, ""};
  return {line.substr(0, space), line.substr(space + 1)};
}

Written listed(const fs::path& folder, const fs::path& list) {
  std::ifstream in(list);
  Written written;
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty()) continue;
    const auto [file, name] = file_and_class(line);
    check(!file.empty() && !name.empty(), Fault::data, list.string(), ": line ", number, " is '", line,
          "', needed 'FILE CLASS'");
    const fs::path relative = file;
    check(relative.is_relative() && std::ranges::find(relative, fs::path("..")) == relative.end(),
          Fault::data, list.string(), ": line ", number, " names '", file, "', which is outside the folder");
    check(fs::is_regular_file(folder / relative), Fault::data, list.string(), ": line ", number, " names '",
          file, "', which is not there");
    written.images.push_back({folder / relative});
    written.classes.push_back(name);
  }
  return written;
}

Written by_class(const std::vector<fs::path>& folders) {
  Written written;
  for (const fs::path& folder : folders)
    for (const fs::path& picture : pictures_in(folder)) {
      written.images.push_back({picture});
      written.classes.push_back(folder.filename().string());
    }
  return written;
}

ImageSet in_folder(const fs::path& folder) {
  if (fs::is_regular_file(folder / "labels.txt"))
    return labelled(folder, listed(folder, folder / "labels.txt"));
  const auto binaries =
      entries(folder, [](const fs::directory_entry& e) { return e.path().extension() == ".bin"; });
  if (binaries.size() == 1) return {folder, binary_records(binaries[0]), true};
  check(binaries.empty(), Fault::data, folder.string(), ": holds ", binaries.size(),
        " .bin files; name one of them");
  ImageSet plain{folder, {}, false};
  for (const fs::path& picture : pictures_in(folder)) plain.images.push_back({picture});
  if (!plain.images.empty()) return plain;
  return labelled(folder,
                  by_class(entries(folder, [](const fs::directory_entry& e) { return e.is_directory(); })));
}

}  // namespace

ImageSet open_image_set(const fs::path& path) {
  check(fs::exists(path), Fault::data, path.string(), ": there is no such file or folder");
  ImageSet set{path, {}, false};
  if (fs::is_directory(path)) {
    set = in_folder(path);
  } else if (path.extension() == ".bin") {
    set = {path, binary_records(path), true};
  } else {
    check(is_picture(path), Fault::data, path.string(),
          ": is not a picture (PNG, JPEG, BMP, PPM, WebP or TIFF)");
    set.images = {{path}};
  }
  check(!set.images.empty(), Fault::data, path.string(),
        ": no images found; needed are pictures in a folder per class, "
        "a labels.txt with 'FILE CLASS' lines beside them, or a CIFAR-10 .bin file");
  return set;
}

std::vector<Picture> spread(const ImageSet& set, std::int64_t count) {
  const auto all = std::ssize(set.images), taken = std::min(count, all);
  std::vector<Picture> chosen;
  for (std::int64_t i = 0; i < taken; ++i)
    chosen.push_back(set.images[static_cast<std::size_t>(i * all / taken)]);
  return chosen;
}

}  // namespace zsq::images
