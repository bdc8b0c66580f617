#include "graph/pickle_stack.h"

namespace zsq {
namespace {

/// Each takes a hundred bytes and more, and one of a file. The state dicts of the largest networks have some
/// hundred thousand.
constexpr std::size_t kMaxObjects = std::size_t{1} << 21U;

}  // namespace

PickleObject* PickleStack::push(Object* object) {
  stack_.push_back(object);
  return object;
}

PickleObject* PickleStack::push(Object::Kind kind) {
  in_.need(objects_.size() < kMaxObjects, "a pickle has more than ", kMaxObjects, " values");
  objects_.push_back({});
  objects_.back().kind = kind;
  return push(&objects_.back());
}

PickleObject* PickleStack::top() const {
  in_.need(stack_.size() > (marks_.empty() ? 0 : marks_.back()), "a pickle takes from an empty stack");
  return stack_.back();
}

PickleObject* PickleStack::pop() {
  Object* out = top();
  stack_.pop_back();
  return out;
}

std::vector<PickleObject*> PickleStack::pop(std::size_t count) {
  std::vector<Object*> out(count);
  for (std::size_t i = count; i > 0; --i) out[i - 1] = pop();
  return out;
}

bool PickleStack::mark() {
  marks_.push_back(stack_.size());
  return true;
}

std::vector<PickleObject*> PickleStack::pop_mark() {
  in_.need(!marks_.empty(), "a pickle misses a mark");
  const auto begin = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
  std::vector<Object*> out(begin, stack_.end());
  stack_.erase(begin, stack_.end());
  marks_.pop_back();
  return out;
}

bool PickleStack::remember(std::uint64_t slot) {
  memo_[slot] = top();
  return true;
}

bool PickleStack::recall(std::uint64_t slot) {
  const auto found = memo_.find(slot);
  in_.need(found != memo_.end(), "a pickle refers to what it has not stored");
  return push(found->second) != nullptr;
}

}  // namespace zsq
