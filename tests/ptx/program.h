#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "tests/ptx/text.h"

namespace zsq::ptx {

struct Warp;
struct Instruction;
using Run = void (*)(const Instruction&, Warp&);

/// A register of a warp: where its 32 lanes lie in the warp's register file. The lanes of a predicate are the
/// bits of one word.
struct Register {
  std::uint32_t offset = 0;  // bytes
  std::uint32_t index = 0;   // among all registers
};

/// What kind of statement it is to the flow of a warp.
enum class Flow { straight, branch, barrier, leave };

struct Instruction {
  static constexpr std::uint32_t kNone = UINT32_MAX;

  Run run = nullptr;
  Flow flow = Flow::straight;
  bool negated = false;
  std::int64_t second_offset = 0;   // of the second address
  std::uint8_t integer_issues = 0;  // about how often it needs the integer units: twice for most of 64 bits
  std::uint32_t guard = kNone;      // offset of its predicate
  std::uint32_t guard_index = 0;
  std::array<Register, 14> operands{};  // outputs first
  std::int64_t offset = 0;              // that is added to an address
  std::uint32_t target = 0;             // of a branch
  std::uint32_t joins = 0;              // of a branch: the immediate post-dominator
  std::uint32_t statement = 0;          // in the kernel's body
};

/// Registers that hold the same value in the whole run.
struct Constant {
  Register where;
  int bits = 32;
  std::uint64_t value = 0;
};

/// What a warp's registers are set to before its first instruction.
enum class Special {
  tid_x,
  tid_y,
  tid_z,
  ntid_x,
  ntid_y,
  ntid_z,
  ctaid_x,
  ctaid_y,
  ctaid_z,
  nctaid_x,
  nctaid_y,
  nctaid_z,
  laneid
};

/// A kernel made ready to run.
struct Program {
  Body body;
  std::vector<Instruction> code;
  std::vector<std::string> names;                      // of registers, by index
  std::vector<Constant> constants;                     //
  std::vector<std::pair<Special, Register>> specials;  //
  std::uint32_t register_bytes = 0;                    // of one warp
  std::uint32_t registers() const { return static_cast<std::uint32_t>(names.size()); }
};

/// Parameters lie here, as far as a kernel that takes their address can see.
inline constexpr std::uint64_t kParameterBase = std::uint64_t{1} << 62;

/// Throws Violation for an opcode, an operand or a register that it does not know.
Program decode(Body body);

/// For each branch, where the lanes that it parts meet again: its block's immediate post-dominator.
void find_joins(Program& program);

/// What an opcode takes: the registers of its operands, outputs first, and what runs it.
struct Opcode {
  std::string name;
  std::vector<int> outputs, inputs;  // bits; 1 of a predicate
  Run run = nullptr;
  Flow flow = Flow::straight;
};

/// All of them; one name may be there several times, with operands of different widths.
const std::vector<Opcode>& opcodes();

// What opcodes() is put together from.
void add_integer(std::vector<Opcode>& all);
void add_bits(std::vector<Opcode>& all);
void add_compare(std::vector<Opcode>& all);
void add_convert(std::vector<Opcode>& all);
void add_global(std::vector<Opcode>& all);
void add_shared(std::vector<Opcode>& all);
void add_copy_async(std::vector<Opcode>& all);
void add_matrix(std::vector<Opcode>& all);
void add_exchange(std::vector<Opcode>& all);

}  // namespace zsq::ptx
