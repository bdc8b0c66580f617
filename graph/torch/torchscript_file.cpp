#include <istream>
#include <streambuf>

#include <torch/csrc/jit/serialization/import.h>
#include <torch/version.h>

#include "graph/check.h"
#include "graph/torch/archive_code.h"
#include "graph/torch/torchscript.h"

namespace zsq {
namespace {

/// Bytes in memory as a stream that can be sought.
class View : public std::streambuf {
 public:
  explicit View(std::string_view b) {
    char* begin = const_cast<char*>(b.data());
    setg(begin, begin, begin + b.size());
  }
  pos_type seekoff(off_type offset, std::ios_base::seekdir from, std::ios_base::openmode) override {
    const off_type size = egptr() - eback(), base = from == std::ios_base::beg   ? 0
                                                    : from == std::ios_base::cur ? gptr() - eback()
                                                                                 : size;
    if (offset < -base || offset > size - base) return pos_type(off_type(-1));
    setg(eback(), eback() + base + offset, egptr());
    return gptr() - eback();
  }
  pos_type seekpos(pos_type position, std::ios_base::openmode mode) override {
    return seekoff(off_type(position), std::ios_base::beg, mode);
  }
};

}  // namespace

torch::jit::Module load_torchscript(std::string_view bytes, const std::string& who) {
  View buffer(bytes);
  std::istream in(&buffer);
  try {
    torchscript::check_loads_quietly(bytes, who);
    return torch::jit::load(in, c10::Device(c10::kCPU), /*load_debug_files=*/false);
  } catch (const Error&) {
    throw;
  } catch (const std::exception&) {
    fail(Fault::model, who, " is not a TorchScript file that LibTorch ", TORCH_VERSION,
         " can load; it may be damaged, incomplete, or need an extension: save it again with torch.jit.save");
  }
}

}  // namespace zsq
