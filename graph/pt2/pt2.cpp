#include "graph/pt2/pt2.h"

#include "graph/onnx/import_model.h"
#include "graph/pt2/archive.h"
#include "graph/pt2/program.h"
#include "graph/pt2/translator.h"

namespace zsq {

Imported import_pt2(std::string_view bytes, const ImportOptions& options, const std::string& who) {
  return onnx::naming(who, [&] {
    const pt2::Archive archive = pt2::open_archive(bytes, who);
    const pt2::Program program = pt2::parse_program(archive.program, who);
    pt2::Translator translator(program, archive.tensors);
    const onnx::Model model = translator.run();
    onnx::Constants constants;
    for (const auto& field : model.initializers)
      constants.insert_or_assign(std::string(field.name), field.tensor);
    return onnx::import_model(model, std::move(constants), options, who, bytes.size());
  });
}

}  // namespace zsq
