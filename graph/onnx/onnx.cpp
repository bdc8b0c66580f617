#include "graph/onnx/onnx.h"

#include <algorithm>
#include <map>

#include "graph/file.h"
#include "graph/onnx/import_model.h"

namespace zsq {
namespace {

using namespace onnx;
namespace fs = std::filesystem;

constexpr std::int64_t kOldest = 9;

/// Files that hold tensors beside the model's, each read once.
class ExternalFiles {
 public:
  explicit ExternalFiles(const std::string& who) : who_(who) {}

  std::string_view bytes(const ExternalData& data, std::size_t needed) {
    const fs::path relative = data.file;
    check(!data.file.empty() && relative.is_relative() &&
              std::ranges::find(relative, fs::path("..")) == relative.end(),
          Fault::model, who_, " names '", data.file,
          "' as the file of a tensor; one beside the model was needed");
    const auto [file, added] = files_.try_emplace(data.file, nullptr);
    if (added) file->second = std::make_shared<FileBytes>(fs::path(who_).parent_path() / relative);
    const std::string_view all = file->second->view();
    const auto offset = static_cast<std::uint64_t>(data.offset);
    check(offset <= all.size() && needed <= all.size() - offset &&
              (!data.length || static_cast<std::uint64_t>(*data.length) == needed),
          Fault::model, who_, " has a tensor that does not lie in '", data.file, "'; copy both files again");
    return all.substr(offset, needed);
  }

  std::size_t size() const {
    std::size_t sum = 0;
    for (const auto& [name, file] : files_) sum += file->view().size();
    return sum;
  }

 private:
  const std::string& who_;
  std::map<std::string, std::shared_ptr<FileBytes>> files_;
};

std::unordered_map<std::string, Tensor> constants_of(const onnx::Model& model, ExternalFiles& files,
                                                     const std::string& who) {
  std::unordered_map<std::string, Tensor> all;
  for (const TensorField& field : model.initializers) {
    Tensor tensor = field.tensor;
    if (field.external)
      tensor.bytes = files.bytes(
          *field.external, static_cast<std::size_t>(product(tensor.dims, who)) * bytes_of(tensor.dtype));
    all.insert_or_assign(std::string(field.name), std::move(tensor));
  }
  return all;
}

Imported import_checked(std::string_view bytes, const ImportOptions& options, const std::string& who) {
  const onnx::Model model = decode_model(bytes, who);
  check(model.opset >= kOldest, Fault::unsupported, who, " is written with operator set ", model.opset, "; ",
        kOldest, " and newer are supported, so export it again");
  ExternalFiles files(who);
  auto constants = constants_of(model, files, who);
  return import_model(model, std::move(constants), options, who, bytes.size() + files.size());
}

}  // namespace

Imported import_onnx(std::string_view bytes, const ImportOptions& options, const std::string& who) {
  return naming(who, [&] { return import_checked(bytes, options, who); });
}

}  // namespace zsq
