#pragma once

#include <cstdint>
#include <iterator>
#include <map>
#include <set>
#include <utility>

namespace zsq::runtime {

struct Block {
  std::int64_t begin, end;
};

/// Free memory by size and by place; what is given back grows together with what is free beside it.
class FreeList {
 public:
  /// The smallest free block that is large enough, else new memory at the end.
  std::int64_t take(std::int64_t size) {
    ++looks_;
    const auto found = by_size_.lower_bound({size, 0});
    if (found == by_size_.end()) return std::exchange(end_, end_ + size);
    const auto [length, begin] = *found;
    remove({begin, begin + length});
    if (length > size) add({begin + size, begin + length});
    return begin;
  }

  void give_back(Block block) {
    ++looks_;
    auto after = by_begin_.lower_bound(block.end);
    if (after != by_begin_.end() && after->first == block.end) {
      block.end = after->second;
      remove({after->first, after->second});
    }
    after = by_begin_.lower_bound(block.begin);
    if (after != by_begin_.begin() && std::prev(after)->second == block.begin) {
      const auto before = *std::prev(after);
      block.begin = before.first;
      remove({before.first, before.second});
    }
    add(block);
  }

  std::int64_t end() const { return end_; }
  std::int64_t looks() const { return looks_; }

 private:
  void add(Block b) {
    by_begin_[b.begin] = b.end;
    by_size_.insert({b.end - b.begin, b.begin});
  }
  void remove(Block b) {
    by_begin_.erase(b.begin);
    by_size_.erase({b.end - b.begin, b.begin});
  }

  std::map<std::int64_t, std::int64_t> by_begin_;
  std::set<std::pair<std::int64_t, std::int64_t>> by_size_;
  std::int64_t end_ = 0, looks_ = 0;
};

}  // namespace zsq::runtime
