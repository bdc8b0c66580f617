#include <algorithm>
#include <cctype>
#include <cstring>
#include <iterator>
#include <map>
#include <string>

#include "graph/safetensors.h"
#include "runtime/plan_file.h"
#include "tests/fuzz/byte_source.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/run_plan.h"
#include "tests/runtime/random_plan.h"

using namespace zsq;

namespace {

constexpr std::array<std::string_view, 24> kNumbers{
    "0",  "1",   "-1",   "2",   "3",     "4",     "7",          "8",           "9",  "15",  "16",  "31",
    "32", "127", "-128", "255", "16384", "16385", "2147483647", "-2147483648", "33", "128", "100", "-3"};

/// Another number in place of one in the program.
void change_program(std::string& program, fuzz::ByteSource& from) {
  const auto is_digit = [](unsigned char c) { return std::isdigit(c) != 0; };
  std::size_t at = (from.below(256) * 256 + from.below(256)) % program.size();
  at = static_cast<std::size_t>(std::distance(
      program.begin(),
      std::find_if(program.begin() + static_cast<std::ptrdiff_t>(at), program.end(), is_digit)));
  if (at == program.size()) return;
  std::size_t end = at;
  while (end < program.size() && is_digit(static_cast<unsigned char>(program[end]))) ++end;
  if (at > 0 && program[at - 1] == '-') --at;
  program.replace(at, end - at, from.pick(kNumbers));
}

/// Bytes in a row, all extreme or any.
void change_tensor(std::string& bytes, fuzz::ByteSource& from) {
  if (bytes.empty()) return;
  const std::size_t at = (from.below(256) * 256 + from.below(256)) % bytes.size();
  const std::size_t count = std::min(bytes.size() - at, std::size_t{1} << from.below(8));
  const std::uint8_t kind = from.byte();
  const char fill = kind < 64    ? '\x7f'
                    : kind < 128 ? '\x80'
                    : kind < 160 ? '\0'
                    : kind < 192 ? '\xff'
                                 : static_cast<char>(from.byte());
  std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), count, fill);
}

}  // namespace

/// A sound plan, of any steps, in which numbers are replaced by ones at the edges of what is allowed: most
/// are refused, and what is let through must not overflow.
int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  fuzz::ByteSource from(fuzz::view(bytes, size));
  const std::uint64_t seed = from.below(256) * 16 + from.below(16);
  static std::map<std::uint64_t, std::string> made;  // once; there are 4096
  std::string& sound = made[seed];
  if (sound.empty()) sound = runtime::encode_plan(runtime::random_plan_file(seed));
  SafeTensors content = parse_safetensors(sound, "x");
  std::map<std::string, std::string> tensors;
  for (const auto& [name, tensor] : content.tensors) tensors[name] = std::string(tensor.bytes);
  while (!from.is_empty())
    if (const std::size_t which = from.below(tensors.size() + 4); which >= tensors.size())
      change_program(content.metadata.at("program"), from);
    else
      change_tensor(std::next(tensors.begin(), static_cast<std::ptrdiff_t>(which))->second, from);
  for (const auto& [name, replaced] : tensors) content.tensors.at(name).bytes = replaced;
  const std::string changed = encode_safetensors(content);
  return fuzz::survive(
      [&] { fuzz::run_small(runtime::decode_plan(changed, "x", runtime::Checksum::ignored).plan); });
}
