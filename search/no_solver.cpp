#include "graph/check.h"
#include "search/integer_program.h"

namespace zsq::search {

bool has_solver() { return false; }

std::optional<Assignment> solve(const IntegerProgram&) {
  fail(Fault::unsupported,
       "this build of zsq has no solver for a search; install coinor-libcbc-dev (scripts/setup does) and "
       "build "
       "again, or give widths by hand with zsq quantize --bits");
}

}  // namespace zsq::search
