#include "graph/onnx/onnx.h"

#include <algorithm>
#include <map>

#include "graph/file.h"
#include "graph/limits.h"
#include "graph/onnx/importer.h"

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

/// The image, which must be the one input that is no constant.
const ValueInfo& image_input(const onnx::Model& model,
                             const std::unordered_map<std::string, Tensor>& constants,
                             const std::string& who) {
  const ValueInfo* image = nullptr;
  for (const ValueInfo& value : model.inputs) {
    if (constants.contains(std::string(value.name))) continue;
    check(image == nullptr, Fault::unsupported, who,
          ": takes several inputs; zsq reads networks of one image");
    image = &value;
  }
  check(image != nullptr, Fault::model, who, ": takes no input; save the model again");
  check(image->dims.size() == 4, Fault::unsupported, who, ": takes an input of ", image->dims.size(),
        " axes; an image [n,c,h,w] is supported");
  return *image;
}

/// What the file says; where it leaves extents open, what the options say.
Shape image_of(const ValueInfo& value, const ImportOptions& options, const std::string& who) {
  const auto said = [&](std::size_t axis) { return value.dims[axis]; };
  if (!options.input)
    check(
        said(1) && said(2) && said(3), Fault::usage, who,
        ": does not say how large its image is; give it as --input CxHxW, or in a side-car beside the model");
  const Shape given = options.input.value_or(Shape{});
  const Shape image{1, said(1).value_or(given.c), said(2).value_or(given.h), said(3).value_or(given.w)};
  check(!options.input || image == given, Fault::usage, who, ": takes ", image.c, 'x', image.h, 'x', image.w,
        ", as the file says; ", given.c, 'x', given.h, 'x', given.w, " was given");
  return image;
}

Imported import_checked(std::string_view bytes, const ImportOptions& options, const std::string& who) {
  const onnx::Model model = decode_model(bytes, who);
  check(model.opset >= kOldest, Fault::unsupported, who, " is written with operator set ", model.opset, "; ",
        kOldest, " and newer are supported, so export it again");
  ExternalFiles files(who);
  auto constants = constants_of(model, files, who);
  const Shape image = image_of(image_input(model, constants, who), options, who);
  return Importer(model, who, std::move(constants), image, bytes.size() + files.size()).run();
}

}  // namespace

Imported import_onnx(std::string_view bytes, const ImportOptions& options, const std::string& who) {
  try {
    return import_checked(bytes, options, who);
  } catch (const UnsupportedError& e) {
    throw UnsupportedError(who + ": ", e.all());
  } catch (const Error& e) {
    if (std::string_view(e.what()).starts_with(who)) throw;
    fail(e.fault(), who, ": ", e.what());
  }
}

}  // namespace zsq
