#include "tests/ptx/warp.h"

#include <bit>

namespace zsq::ptx {

void Warp::refuse_undefined(const Register& r) const {
  const int lane = std::countr_zero(mask & ~defined[r.index]);
  throw Violation(block->program->names[r.index] + " is read before it is written, by lane " +
                  std::to_string(lane));
}

void Warp::part(const Instruction& branch, std::uint32_t taken) {
  Path& path = paths.back();
  if (taken == path.lanes) {
    path.at = branch.target;
  } else if (taken == 0) {
    ++path.at;
  } else {
    const std::uint32_t next = path.at + 1, others = path.lanes & ~taken;
    path.at = branch.joins;
    paths.push_back({next, branch.joins, others});
    paths.push_back({branch.target, branch.joins, taken});
  }
}

void Warp::leave(std::uint32_t lanes) {
  left |= lanes;
  for (Path& path : paths) path.lanes &= ~lanes;
}

Warp::Stop Warp::run() {
  const Program& program = *block->program;
  const auto end = static_cast<std::uint32_t>(program.code.size());
  while (true) {
    while (!paths.empty() && (paths.back().lanes == 0 || paths.back().at == paths.back().joins))
      paths.pop_back();
    if (paths.empty()) return Stop::end;
    Path& path = paths.back();
    if (path.at == end) {
      leave(path.lanes);
      continue;
    }
    const Instruction& in = program.code[path.at];
    mask = path.lanes;
    if (in.guard != Instruction::kNone) {
      need({in.guard, in.guard_index});
      const std::uint32_t predicate = *reinterpret_cast<const std::uint32_t*>(file + in.guard);
      mask &= in.negated ? ~predicate : predicate;
    }
    if (++block->counters.instructions > block->most_instructions) throw Violation("the kernel does not end");
    block->counters.integer += in.integer_issues;
    switch (in.flow) {
      case Flow::straight:
        if (mask != 0) in.run(in, *this);
        ++path.at;
        break;
      case Flow::branch: part(in, mask); break;
      case Flow::leave: {
        ++path.at;
        leave(mask);
        break;
      }
      case Flow::barrier:
        if (mask != kAllLanes) throw Violation("a barrier is met by some threads of a warp only");
        ++path.at;
        return Stop::barrier;
    }
  }
}

}  // namespace zsq::ptx
