#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace zsq::ptx {

/// The shared memory of a block. Knows of each byte whether it was written, whether a copy to it is on its
/// way, and which warp touched it last between two barriers.
class SharedMemory {
 public:
  /// For a block that begins: nothing is written yet.
  void reset(std::size_t bytes);

  /// Each throws Violation where the bytes are not inside, or another warp's use of them is not separated
  /// from this one by a barrier. Reading also where they were never written, or a copy was not waited for.
  void read(std::uint64_t at, std::size_t size, int warp, void* to);
  void write(std::uint64_t at, std::size_t size, int warp, const void* from);

  /// A copy that is on its way: begin() when it is issued, write() by end() when it was waited for.
  void begin_copy(std::uint64_t at, std::size_t size, int warp);
  void end_copy(std::uint64_t at, std::size_t size, int warp, const void* from);

  /// All warps of the block have met.
  void barrier() { ++epoch_; }

  std::size_t size() const { return size_; }

 private:
  enum class State : std::uint8_t { unwritten, written, on_its_way };

  void check_inside(std::uint64_t at, std::size_t size) const;
  void claim(std::uint64_t at, std::size_t size, int warp, State from_copy);
  std::uint32_t stamp(int warp) const { return epoch_ << 8 | static_cast<std::uint32_t>(warp); }
  bool is_anothers(std::uint32_t stamp, int warp) const {
    return stamp >> 8 == epoch_ && (stamp & 255) != static_cast<std::uint32_t>(warp);
  }

  static constexpr std::uint32_t kSeveral = 255;  // in place of a warp
  std::size_t size_ = 0;
  std::uint32_t epoch_ = 1;
  std::vector<std::byte> bytes_;
  std::vector<State> state_;
  std::vector<std::uint32_t> writer_, reader_;  // by byte: epoch and warp
};

}  // namespace zsq::ptx
