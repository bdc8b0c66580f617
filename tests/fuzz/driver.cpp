#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "tests/fuzz/fuzz_target.h"

/// Runs a fuzz target on files, and on all files in folders: what libFuzzer does with its arguments, under
/// any compiler. A crash names the file it happened on.
namespace {

namespace fs = std::filesystem;

void run(const fs::path& file) {
  std::cerr << file.string() << std::endl;  // before it is read, for whoever looks at a crash
  std::ifstream in(file, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

}  // namespace

int main(int argc, char** argv) {
  int inputs = 0;
  for (int i = 1; i < argc; ++i) {
    if (!fs::is_directory(argv[i])) continue;
    for (const auto& entry : fs::recursive_directory_iterator(argv[i]))
      if (entry.is_regular_file()) {
        run(entry.path());
        ++inputs;
      }
  }
  std::cout << inputs << " inputs\n";
  return inputs > 0 ? 0 : 1;  // a folder that is empty or missing shows nothing
}
