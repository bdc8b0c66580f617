#pragma once

#include <string>
#include <vector>

#include "tests/ptx/launch.h"

namespace zsq::ptx {

/// A kernel of the statements given, with registers %p<8>, %rs<16>, %r<32> and %rd<32>, 4096 bytes of shared
/// memory named `tile`, and two parameters: where the first lies is in %rd30 and the second in %rd31.
inline Program small_kernel(const std::string& statements) {
  return decode(read(".version 9.0\n.target sm_80\n.address_size 64\n"
                     ".visible .entry small(.param .u64 in, .param .u64 out)\n{\n"
                     ".reg .pred %p<8>;\n.reg .b16 %rs<16>;\n.reg .b32 %r<32>;\n.reg .b64 %rd<32>;\n"
                     ".shared .align 16 .b8 tile[4096];\n"
                     "ld.param.u64 %rd30, [in];\nld.param.u64 %rd31, [out];\n" +
                     statements + "\nret;\n}\n")
                    .at(0));
}

/// Runs it in one block on values it reads and values it writes.
inline Counters run_small(const Program& kernel, const std::vector<std::uint64_t>& in,
                          std::vector<std::uint64_t>& out, std::uint32_t threads = 32) {
  const auto address = [](const auto& v) { return reinterpret_cast<std::uint64_t>(v.data()); };
  const std::vector<std::uint64_t> parameters{address(in), address(out)};
  const std::vector<Range> ranges{{address(in), address(in) + in.size() * 8, false},
                                  {address(out), address(out) + out.size() * 8, true}};
  return launch(kernel, {.grid = {}, .block = {threads, 1, 1}}, std::as_bytes(std::span(parameters)), ranges,
                true);
}

/// "mul.wide.u32 %rd1, %r0, 8; add.s64 to, base, %rd1": lane's place in an array of 64-bit values.
inline std::string lane_place(const std::string& to, const std::string& base, int values_each = 1) {
  return "mov.u32 %r0, %tid.x;\nmul.wide.u32 %rd29, %r0, " + std::to_string(8 * values_each) + ";\nadd.s64 " +
         to + ", " + base + ", %rd29;\n";
}

}  // namespace zsq::ptx
