#pragma once

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// An interpreter of PTX for tests, written from NVIDIA's "Parallel Thread Execution ISA": it runs the
/// kernels that ship, and refuses whatever a GPU would only sometimes punish.
namespace zsq::ptx {

/// PTX that the interpreter cannot run, or that did what no kernel may.
class Violation : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// "@!%p1 ld.global.v2.u32 {%r1, %r2}, [%rd1+8];"
struct Statement {
  std::string guard;  // of a predicate register; empty: none
  bool negated = false;
  std::string opcode;
  std::vector<std::string> operands;  // as written: "{%r1, %r2}", "[%rd1+8]"
  int line = 0;                       // in the text, from 1
  std::string text;
};

/// A kernel as it is written.
struct Body {
  std::string name;
  std::map<std::string, std::int64_t> parameters;  // offset of each
  std::int64_t parameter_bytes = 0;
  std::map<std::string, int> registers;        // width in bits of each; 1 of a predicate
  std::map<std::string, std::int64_t> shared;  // offset of each variable
  std::int64_t shared_bytes = 0;               // of all but the dynamic one, which starts there
  std::map<std::string, std::size_t> labels;   // the statement that follows
  std::vector<Statement> statements;
};

/// All kernels of a module. Throws Violation for what it does not know.
std::vector<Body> read(std::string_view text);

}  // namespace zsq::ptx
