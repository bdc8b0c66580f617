#include "tests/ptx/launch.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <sstream>

#include "tests/ptx/warp.h"

namespace zsq::ptx {
namespace {

class Launch {
 public:
  Launch(const Program& program, const LaunchShape& shape, std::span<const std::byte> parameters,
         std::span<const Range> ranges, bool counts_memory)
      : program_(program), shape_(shape) {
    block_ = {
        .program = &program, .parameters = parameters, .ranges = ranges, .counts_memory = counts_memory};
    block_.most_instructions = shape.most_instructions;
    const auto expected = static_cast<std::size_t>(program.body.parameter_bytes);
    if (parameters.size() != expected)
      throw Violation(program.body.name + " takes " + std::to_string(expected) +
                      " bytes of parameters, was given " + std::to_string(parameters.size()));
    threads_ = shape.block.x * shape.block.y * shape.block.z;
    if (threads_ == 0 || threads_ > 1024)
      throw Violation("a block cannot have " + std::to_string(threads_) + " threads");
    const std::uint32_t warps = (threads_ + kLanes - 1) / kLanes;
    files_.resize(static_cast<std::size_t>(warps) * (program.register_bytes + 64) / 8 + 8);
    defined_.resize(static_cast<std::size_t>(warps) * program.registers());
    for (std::uint32_t w = 0; w < warps; ++w) {
      Warp warp{.block = &block_, .index = static_cast<int>(w)};
      warp.file = reinterpret_cast<std::byte*>(files_.data()) + std::size_t{w} * program.register_bytes;
      warp.defined = defined_.data() + std::size_t{w} * program.registers();
      warps_.push_back(std::move(warp));
      set_constants(warps_.back());
    }
  }

  Counters run() {
    const std::uint64_t all = std::uint64_t{shape_.grid.x} * shape_.grid.y * shape_.grid.z;
    const std::uint64_t step =
        shape_.sampled_blocks == 0 ? 1 : std::max<std::uint64_t>(all / shape_.sampled_blocks, 1);
    for (std::uint64_t i = 0; i < all; i += step) {
      const std::uint64_t line = i / shape_.grid.x;
      run_block({static_cast<std::uint32_t>(i % shape_.grid.x),
                 static_cast<std::uint32_t>(line % shape_.grid.y),
                 static_cast<std::uint32_t>(line / shape_.grid.y)});
      ++block_.counters.blocks;
    }
    if (step > 1) return block_.counters.scaled_to(all);
    return block_.counters;
  }

 private:
  void set_constants(const Warp& warp) const {
    for (const Constant& c : program_.constants) switch (c.bits) {
        case 1: *warp.lanes<std::uint32_t>(c.where) = c.value != 0 ? kAllLanes : 0; break;
        case 16:
          std::fill_n(warp.lanes<std::uint16_t>(c.where), kLanes, static_cast<std::uint16_t>(c.value));
          break;
        case 32:
          std::fill_n(warp.lanes<std::uint32_t>(c.where), kLanes, static_cast<std::uint32_t>(c.value));
          break;
        default: std::fill_n(warp.lanes<std::uint64_t>(c.where), kLanes, c.value); break;
      }
  }

  std::uint32_t value_of(Special special, const Extents& at, std::uint32_t thread) const {
    switch (special) {
      case Special::tid_x: return thread % shape_.block.x;
      case Special::tid_y: return thread / shape_.block.x % shape_.block.y;
      case Special::tid_z: return thread / (shape_.block.x * shape_.block.y);
      case Special::ntid_x: return shape_.block.x;
      case Special::ntid_y: return shape_.block.y;
      case Special::ntid_z: return shape_.block.z;
      case Special::ctaid_x: return at.x;
      case Special::ctaid_y: return at.y;
      case Special::ctaid_z: return at.z;
      case Special::nctaid_x: return shape_.grid.x;
      case Special::nctaid_y: return shape_.grid.y;
      case Special::nctaid_z: return shape_.grid.z;
      case Special::laneid: return thread % kLanes;
    }
    return 0;
  }

  void begin(Warp& warp, const Extents& at) const {
    std::fill_n(warp.defined, program_.registers(), 0U);
    for (const Constant& c : program_.constants) warp.defined[c.where.index] = kAllLanes;
    const std::uint32_t first = static_cast<std::uint32_t>(warp.index) * kLanes;
    for (const auto& [special, r] : program_.specials) {
      warp.defined[r.index] = kAllLanes;
      for (std::uint32_t lane = 0; lane < kLanes; ++lane)
        warp.lanes<std::uint32_t>(r)[lane] = value_of(special, at, first + lane);
    }
    const std::uint32_t here = threads_ - first;
    const std::uint32_t lanes = here >= kLanes ? kAllLanes : (1U << here) - 1;
    warp.left = 0;
    warp.copies = {};
    warp.paths.assign(1, {0, Instruction::kNone, lanes});
  }

  void run_block(const Extents& at) {
    block_.shared.reset(static_cast<std::size_t>(program_.body.shared_bytes) + shape_.dynamic_shared_bytes);
    for (Warp& warp : warps_) begin(warp, at);
    block_.loaded.clear();
    std::size_t waiting = 0;
    do {
      waiting = 0;
      for (Warp& warp : warps_) waiting += run_warp(warp, at) == Warp::Stop::barrier ? 1U : 0U;
      if (waiting != 0 && waiting != warps_.size())
        throw Violation(program_.body.name + ": a barrier is met by " + std::to_string(waiting) + " of " +
                        std::to_string(warps_.size()) + " warps");
      block_.shared.barrier();
    } while (waiting != 0);
  }

  Warp::Stop run_warp(Warp& warp, const Extents& at) const {
    try {
      return warp.run();
    } catch (const Violation& violation) {
      std::ostringstream text;
      text << program_.body.name << ", block (" << at.x << ", " << at.y << ", " << at.z << "), warp "
           << warp.index;
      if (!warp.paths.empty() && warp.paths.back().at < program_.code.size()) {
        const Statement& s = program_.body.statements[program_.code[warp.paths.back().at].statement];
        text << ", line " << s.line << ": '" << s.text << "'";
      }
      text << ": " << violation.what();
      throw Violation(text.str());
    }
  }

  const Program& program_;
  LaunchShape shape_;
  Block block_;
  std::uint32_t threads_ = 0;
  std::vector<std::uint64_t> files_;
  std::vector<std::uint32_t> defined_;
  std::vector<Warp> warps_;
};

}  // namespace

Counters launch(const Program& program, const LaunchShape& shape, std::span<const std::byte> parameters,
                std::span<const Range> ranges, bool counts_memory) {
  return Launch(program, shape, parameters, ranges, counts_memory).run();
}

}  // namespace zsq::ptx
