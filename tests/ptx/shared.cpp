#include "tests/ptx/shared.h"

#include <cstring>
#include <string>

#include "tests/ptx/text.h"

namespace zsq::ptx {
namespace {

[[noreturn]] void refuse(std::uint64_t at, const std::string& what) {
  throw Violation("byte " + std::to_string(at) + " of shared memory " + what);
}

}  // namespace

void SharedMemory::reset(std::size_t bytes) {
  size_ = bytes;
  if (bytes_.size() < bytes) {
    bytes_.resize(bytes);
    writer_.resize(bytes);
    reader_.resize(bytes);
  }
  state_.assign(bytes, State::unwritten);
  ++epoch_;
}

void SharedMemory::check_inside(std::uint64_t at, std::size_t size) const {
  if (at > size_ || size > size_ - at) refuse(at, "is outside: there are " + std::to_string(size_));
}

void SharedMemory::read(std::uint64_t at, std::size_t size, int warp, void* to) {
  check_inside(at, size);
  for (std::size_t i = at; i < at + size; ++i) {
    if (state_[i] == State::unwritten) refuse(i, "is read before it is written");
    if (state_[i] == State::on_its_way) refuse(i, "is read before its copy was waited for");
    if (is_anothers(writer_[i], warp))
      refuse(i, "is read and written by two warps without a barrier between");
    const std::uint32_t several = is_anothers(reader_[i], warp) ? kSeveral : static_cast<std::uint32_t>(warp);
    reader_[i] = epoch_ << 8 | several;
  }
  std::memcpy(to, &bytes_[at], size);
}

void SharedMemory::claim(std::uint64_t at, std::size_t size, int warp, State from_copy) {
  check_inside(at, size);
  for (std::size_t i = at; i < at + size; ++i) {
    if (state_[i] == State::on_its_way && from_copy != State::written)
      refuse(i, "is written while a copy to it is on its way");
    if (is_anothers(writer_[i], warp)) refuse(i, "is written by two warps without a barrier between");
    if (is_anothers(reader_[i], warp))
      refuse(i, "is read and written by two warps without a barrier between");
    writer_[i] = stamp(warp);
  }
}

void SharedMemory::write(std::uint64_t at, std::size_t size, int warp, const void* from) {
  claim(at, size, warp, State::unwritten);
  std::memset(&state_[at], static_cast<int>(State::written), size);
  std::memcpy(&bytes_[at], from, size);
}

void SharedMemory::begin_copy(std::uint64_t at, std::size_t size, int warp) {
  claim(at, size, warp, State::on_its_way);
  std::memset(&state_[at], static_cast<int>(State::on_its_way), size);
}

void SharedMemory::end_copy(std::uint64_t at, std::size_t size, int warp, const void* from) {
  claim(at, size, warp, State::written);
  std::memset(&state_[at], static_cast<int>(State::written), size);
  std::memcpy(&bytes_[at], from, size);
}

}  // namespace zsq::ptx
