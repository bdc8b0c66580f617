#include "evaluate/set_fingerprint.h"

#include "graph/file.h"
#include "graph/sha256.h"

namespace zsq::evaluate {

std::string set_sha256(const images::ImageSet& set) {
  Sha256 all;
  std::filesystem::path last;
  std::string of_last;  // of records of one file each is read once
  for (const images::Picture& picture : set.images) {
    if (of_last.empty() || picture.file != last) {
      last = picture.file;
      of_last = sha256(FileBytes(last, Fault::data).view());
    }
    all.add(of_last + " " + std::to_string(picture.record) + " " +
            std::to_string(set.has_labels ? picture.label : -1) + "\n");
  }
  return all.hex();
}

}  // namespace zsq::evaluate
