#pragma once

#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

#include "graph/byte_reader.h"
#include "graph/pickle.h"

namespace zsq {

/// What a pickle's program works on: a stack with marks in it, and a memo. Taking what is not there throws
/// Error (Fault::model).
class PickleStack {
 public:
  using Object = PickleObject;

  /// The reader says who is at fault; the objects made are owned by the deque.
  PickleStack(const ByteReader& in, std::deque<Object>& objects) : in_(in), objects_(objects) {}

  Object* push(Object* object);
  Object* push(Object::Kind kind);  // a new one

  /// Above the last mark.
  Object* top() const;
  Object* pop();
  std::vector<Object*> pop(std::size_t count);  // the top one last

  bool mark();
  std::vector<Object*> pop_mark();  // what has been pushed since the last mark

  bool remember(std::uint64_t slot);  // the top one
  bool recall(std::uint64_t slot);
  std::size_t remembered() const { return memo_.size(); }

 private:
  const ByteReader& in_;
  std::deque<Object>& objects_;
  std::vector<Object*> stack_;
  std::vector<std::size_t> marks_;
  std::unordered_map<std::uint64_t, Object*> memo_;
};

}  // namespace zsq
