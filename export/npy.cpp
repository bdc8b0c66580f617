#include "export/npy.h"

namespace zsq::runtime::exporting {

std::string to_npy(std::span<const float> values, const std::vector<std::int64_t>& dims) {
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (";
  for (const std::int64_t d : dims) header.append(std::to_string(d)).append(", ");
  header += "), }";
  constexpr std::size_t kFixed = 10, kAlignment = 64;  // the values begin at a multiple of 64
  while ((kFixed + header.size() + 1) % kAlignment != 0) header += ' ';
  header += '\n';
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += static_cast<char>(header.size() & 0xFFU);
  bytes += static_cast<char>(header.size() >> 8U);
  bytes += header;
  bytes.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
  return bytes;
}

}  // namespace zsq::runtime::exporting
