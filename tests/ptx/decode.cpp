#include <algorithm>
#include <map>
#include <optional>

#include "tests/ptx/program.h"

namespace zsq::ptx {

const std::vector<Opcode>& opcodes() {
  static const auto kAll = [] {
    std::vector<Opcode> all{
        {"bra", {}, {}, nullptr, Flow::branch},         {"bra.uni", {}, {}, nullptr, Flow::branch},
        {"bar.sync", {}, {32}, nullptr, Flow::barrier}, {"barrier.sync", {}, {32}, nullptr, Flow::barrier},
        {"ret", {}, {}, nullptr, Flow::leave},          {"exit", {}, {}, nullptr, Flow::leave}};
    for (const auto add : {add_integer, add_bits, add_compare, add_convert, add_global, add_shared,
                           add_copy_async, add_matrix, add_exchange})
      add(all);
    return all;
  }();
  return kAll;
}

namespace {

const std::map<std::string, Special> kSpecials{
    {"%tid.x", Special::tid_x},       {"%tid.y", Special::tid_y},       {"%tid.z", Special::tid_z},
    {"%ntid.x", Special::ntid_x},     {"%ntid.y", Special::ntid_y},     {"%ntid.z", Special::ntid_z},
    {"%ctaid.x", Special::ctaid_x},   {"%ctaid.y", Special::ctaid_y},   {"%ctaid.z", Special::ctaid_z},
    {"%nctaid.x", Special::nctaid_x}, {"%nctaid.y", Special::nctaid_y}, {"%nctaid.z", Special::nctaid_z},
    {"%laneid", Special::laneid}};

/// An operand with groups and addresses taken apart.
struct Operand {
  std::string text;
  bool is_address = false;
};

/// Every name as it is, "{a, b}" as two, "[a+8]" as a and the next of the offsets.
std::vector<Operand> flattened(const Statement& s, std::span<std::int64_t* const> offsets) {
  std::vector<Operand> flat;
  std::size_t addresses = 0;
  for (const std::string& one : s.operands) {
    if (one.front() == '{') {
      std::string name;
      for (const char c : one.substr(1))
        if (c == ',' || c == '}') {
          flat.push_back({name});
          name.clear();
        } else if (c != ' ') {
          name += c;
        }
    } else if (one.front() == '[') {
      const std::string inside = one.substr(1, one.size() - 2);
      const std::size_t plus = inside.find('+');
      flat.push_back({inside.substr(0, plus), true});
      if (addresses == offsets.size()) throw Violation("more addresses than an opcode has");
      if (plus != std::string::npos) *offsets[addresses] = std::stoll(inside.substr(plus + 1));
      ++addresses;
    } else if (const std::size_t bar = one.find('|'); bar != std::string::npos) {  // a result and a predicate
      flat.push_back({one.substr(0, bar)});
      flat.push_back({one.substr(bar + 1)});
    } else {
      flat.push_back({one});
    }
  }
  return flat;
}

std::optional<std::uint64_t> number(const std::string& text) {
  if (text.empty() || (text[0] != '-' && (text[0] < '0' || text[0] > '9'))) return std::nullopt;
  std::size_t read = 0;
  const std::uint64_t value =
      text[0] == '-' ? static_cast<std::uint64_t>(std::stoll(text, &read, 0)) : std::stoull(text, &read, 0);
  return read == text.size() || text.substr(read) == "U" ? std::optional(value) : std::nullopt;
}

/// Copies between registers and addresses of parameters vanish in the machine's code; memory and matrices
/// have units of their own.
std::uint8_t integer_issues(const std::string& opcode) {
  for (const char* none : {"mov", "cvta", "ld", "st", "cp", "mma", "bra", "bar", "ret", "exit", "shfl"})
    if (opcode.starts_with(none)) return 0;
  if (opcode.starts_with("cvt.s64") || opcode.starts_with("cvt.u64") || opcode.starts_with("cvt.u32.u64"))
    return 1;
  if (opcode.starts_with("mul.lo.s64")) return 4;
  for (const char* twice : {"mul.wide.", "mad.wide.", "mul.hi."})
    if (opcode.starts_with(twice) && opcode.ends_with("32")) return 2;
  return opcode.find("64") != std::string::npos ? 2 : 1;
}

class Decoder {
 public:
  explicit Decoder(Body body) { program_.body = std::move(body); }

  Program decode() {
    for (const auto& [name, bits] : program_.body.registers) named_[name] = {add(name, bits), bits};
    for (std::size_t i = 0; i < program_.body.statements.size(); ++i) {
      const Statement& s = program_.body.statements[i];
      try {
        program_.code.push_back(instruction(s));
        program_.code.back().statement = static_cast<std::uint32_t>(i);
      } catch (const std::exception& error) {
        throw Violation(program_.body.name + ", line " + std::to_string(s.line) + ": '" + s.text +
                        "': " + error.what());
      }
    }
    find_joins(program_);
    return std::move(program_);
  }

 private:
  struct Named {
    Register where;
    int bits;
  };

  Register add(const std::string& name, int bits) {
    const Register r{program_.register_bytes, program_.registers()};
    program_.names.push_back(name);
    program_.register_bytes += bits == 1 ? 64 : static_cast<std::uint32_t>(bits) * 4;
    return r;
  }

  Register constant(std::uint64_t value, int bits) {
    const auto key = std::pair(bits, bits == 64 ? value : value & ((std::uint64_t{1} << bits) - 1));
    const auto found = constants_.find(key);
    if (found != constants_.end()) return found->second;
    const Register r = add("the constant " + std::to_string(value), bits);
    program_.constants.push_back({r, bits, key.second});
    return constants_[key] = r;
  }

  Register special(Special which) {
    for (const auto& [special, r] : program_.specials)
      if (special == which) return r;
    program_.specials.emplace_back(which, add("a special register", 32));
    return program_.specials.back().second;
  }

  std::optional<std::uint64_t> symbol(const std::string& text) const {
    const Body& body = program_.body;
    if (const auto p = body.parameters.find(text); p != body.parameters.end())
      return kParameterBase + static_cast<std::uint64_t>(p->second);
    if (const auto s = body.shared.find(text); s != body.shared.end())
      return static_cast<std::uint64_t>(s->second);
    return std::nullopt;
  }

  std::optional<Register> input(const std::string& text, int bits) {
    if (const auto r = named_.find(text); r != named_.end())
      return r->second.bits == bits ? std::optional(r->second.where) : std::nullopt;
    if (const auto s = kSpecials.find(text); s != kSpecials.end())
      return bits == 32 ? std::optional(special(s->second)) : std::nullopt;
    if (const auto n = number(text)) return constant(bits == 1 && *n != 0 ? 1 : *n, bits);
    if (bits == 1) return std::nullopt;
    if (const auto address = symbol(text)) return constant(*address, bits);
    throw Violation("'" + text + "' is unknown");
  }

  std::optional<Register> operand(const std::string& text, int bits, bool is_output) {
    if (!is_output) return input(text, bits);
    if (text == "_") return add("a result that is not wanted", bits);
    const auto r = named_.find(text);
    if (r == named_.end() || r->second.bits != bits) return std::nullopt;
    return r->second.where;
  }

  bool fits(const Opcode& opcode, const std::vector<Operand>& flat, Instruction& in) {
    if (flat.size() != opcode.outputs.size() + opcode.inputs.size()) return false;
    for (std::size_t i = 0; i < flat.size(); ++i) {
      const bool is_output = i < opcode.outputs.size();
      const int bits = is_output ? opcode.outputs[i] : opcode.inputs[i - opcode.outputs.size()];
      const auto r = operand(flat[i].text, bits, is_output);
      if (!r) return false;
      in.operands.at(i) = *r;
    }
    in.run = opcode.run;
    in.flow = opcode.flow;
    return true;
  }

  Instruction instruction(const Statement& s) {
    Instruction in;
    in.negated = s.negated;
    in.integer_issues = integer_issues(s.opcode);
    if (!s.guard.empty()) {
      const Named& guard = named_.at(s.guard);
      in.guard = guard.where.offset;
      in.guard_index = guard.where.index;
    }
    if (s.opcode == "bra" || s.opcode == "bra.uni") {
      in.flow = Flow::branch;
      in.target = static_cast<std::uint32_t>(program_.body.labels.at(s.operands.at(0)));
      return in;
    }
    const std::array offsets{&in.offset, &in.second_offset};
    const std::vector<Operand> flat = flattened(s, offsets);
    bool is_known = false;
    const auto [first, last] = by_name().equal_range(s.opcode);
    for (auto it = first; it != last; ++it) {
      is_known = true;
      if (fits(*it->second, flat, in)) return in;
    }
    throw Violation(is_known ? "the operands are not those of the opcode" : "the opcode is unknown");
  }

  static const std::multimap<std::string, const Opcode*>& by_name() {
    static const auto kByName = [] {
      std::multimap<std::string, const Opcode*> names;
      for (const Opcode& opcode : opcodes()) names.emplace(opcode.name, &opcode);
      return names;
    }();
    return kByName;
  }

  Program program_;
  std::map<std::string, Named> named_;
  std::map<std::pair<int, std::uint64_t>, Register> constants_;
};

}  // namespace

Program decode(Body body) { return Decoder(std::move(body)).decode(); }

}  // namespace zsq::ptx
