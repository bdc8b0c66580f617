#include "graph/onnx/import_model.h"

#include "graph/onnx/importer.h"

namespace zsq::onnx {
namespace {

/// The image, which must be the one input that is no constant.
const ValueInfo& image_input(const Model& model, const Constants& constants, const std::string& who) {
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

}  // namespace

Imported import_model(const Model& model, Constants constants, const ImportOptions& options,
                      const std::string& who, std::size_t file_bytes) {
  const Shape image = image_of(image_input(model, constants, who), options, who);
  return Importer(model, who, std::move(constants), image, file_bytes).run();
}

}  // namespace zsq::onnx
