#include "graph/pickle.h"

#include <bit>
#include <unordered_map>

#include "graph/byte_reader.h"

namespace zsq {
namespace {

using Kind = PickleObject::Kind;
using Object = PickleObject;

class Machine {
 public:
  Machine(std::string_view bytes, const std::string& who, std::deque<Object>& objects)
      : in_(bytes, who), objects_(objects) {}

  const Object* run() {
    while (true) {
      const char op = static_cast<char>(in_.number<std::uint8_t>());
      if (op == '.') return pop();
      if (!scalar(op) && !container(op) && !memo(op) && !call(op))
        in_.need(false, "pickle opcode ", static_cast<int>(static_cast<unsigned char>(op)),
                 " is none that PyTorch writes");
    }
  }

  std::size_t position() const { return in_.position(); }

 private:
  Object* make(Kind kind) {
    objects_.push_back({});
    objects_.back().kind = kind;
    return &objects_.back();
  }

  void push(Object* object) { stack_.push_back(object); }

  Object* push(Kind kind) {
    push(make(kind));
    return stack_.back();
  }

  Object* top() const {
    in_.need(stack_.size() > floor(), "a pickle takes from an empty stack");
    return stack_.back();
  }

  Object* pop() {
    Object* out = top();
    stack_.pop_back();
    return out;
  }

  std::size_t floor() const { return marks_.empty() ? 0 : marks_.back(); }

  /// What has been pushed since the last mark.
  std::vector<Object*> pop_mark() {
    in_.need(!marks_.empty(), "a pickle misses a mark");
    const auto begin = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    std::vector<Object*> out(begin, stack_.end());
    stack_.erase(begin, stack_.end());
    marks_.pop_back();
    return out;
  }

  bool push_text(std::uint64_t bytes) {
    const std::string_view text = in_.take(bytes);
    push(Kind::text)->text = text;
    return true;
  }

  bool push_integer(std::int64_t value, Kind kind = Kind::integer) {
    push(kind)->integer = value;
    return true;
  }

  /// Two's complement of any length; what is longer than 64 bits (PyTorch's magic number) is kept unread.
  bool push_long(std::uint64_t bytes) {
    const std::string_view digits = in_.take(bytes);
    if (digits.size() > 8) return push(Kind::opaque) != nullptr;
    std::uint64_t value = !digits.empty() && (digits.back() & 0x80) != 0 ? ~std::uint64_t{0} : 0;
    for (std::size_t i = digits.size(); i > 0; --i)
      value = value << 8 | static_cast<unsigned char>(digits[i - 1]);
    return push_integer(static_cast<std::int64_t>(value));
  }

  bool push_real() {
    std::uint64_t bits = 0;
    for (const char byte : in_.take(8))
      bits = bits << 8 | static_cast<unsigned char>(byte);  // big-endian, alone here
    push(Kind::real)->real = std::bit_cast<double>(bits);
    return true;
  }

  bool scalar(char op) {
    switch (static_cast<unsigned char>(op)) {
      case 0x80: return !in_.take(1).empty();  // PROTO
      case 0x95: return !in_.take(8).empty();  // FRAME
      case 'N': return push(Kind::none) != nullptr;
      case 0x88: return push_integer(1, Kind::boolean);
      case 0x89: return push_integer(0, Kind::boolean);
      case 'J': return push_integer(in_.number<std::int32_t>());
      case 'K': return push_integer(in_.number<std::uint8_t>());
      case 'M': return push_integer(in_.number<std::uint16_t>());
      case 0x8a: return push_long(in_.number<std::uint8_t>());
      case 0x8b: return push_long(in_.number<std::uint32_t>());
      case 'G': return push_real();
      case 'X':
      case 'T':
      case 'B': return push_text(in_.number<std::uint32_t>());
      case 0x8c:
      case 'U':
      case 'C': return push_text(in_.number<std::uint8_t>());
      case 0x8d:
      case 0x8e:
      case 0x96: return push_text(in_.number<std::uint64_t>());
      default: return false;
    }
  }

  bool push_tuple(const std::vector<Object*>& items) {
    Object* tuple = make(Kind::tuple);
    tuple->items.assign(items.begin(), items.end());
    push(tuple);
    return true;
  }

  bool push_last(std::size_t count) {
    std::vector<Object*> items(count);
    for (std::size_t i = count; i > 0; --i) items[i - 1] = pop();
    return push_tuple(items);
  }

  bool append(const std::vector<Object*>& items) {
    Object* list = top();
    list->items.insert(list->items.end(), items.begin(), items.end());
    return true;
  }

  bool set_items(const std::vector<Object*>& items) {
    in_.need(items.size() % 2 == 0, "a pickle has a key without a value");
    Object* dict = top();
    for (std::size_t i = 0; i < items.size(); i += 2) dict->entries.emplace_back(items[i], items[i + 1]);
    return true;
  }

  bool mark() {
    marks_.push_back(stack_.size());
    return true;
  }

  bool container(char op) {
    switch (static_cast<unsigned char>(op)) {
      case '(': return mark();
      case ']': return push(Kind::list) != nullptr;
      case '}': return push(Kind::dict) != nullptr;
      case ')': return push(Kind::tuple) != nullptr;
      case 0x8f: return push(Kind::set) != nullptr;
      case 't': return push_tuple(pop_mark());
      case 0x85: return push_last(1);
      case 0x86: return push_last(2);
      case 0x87: return push_last(3);
      case 'a': return append({pop()});
      case 'e':
      case 0x90: return append(pop_mark());
      case 's': {
        Object* value = pop();
        return set_items({pop(), value});
      }
      case 'u': return set_items(pop_mark());
      default: return false;
    }
  }

  bool remember(std::uint64_t slot) {
    memo_[slot] = top();
    return true;
  }

  bool recall(std::uint64_t slot) {
    const auto found = memo_.find(slot);
    in_.need(found != memo_.end(), "a pickle refers to what it has not stored");
    push(found->second);
    return true;
  }

  bool memo(char op) {
    switch (static_cast<unsigned char>(op)) {
      case 'q': return remember(in_.number<std::uint8_t>());
      case 'r': return remember(in_.number<std::uint32_t>());
      case 0x94: return remember(memo_.size());
      case 'h': return recall(in_.number<std::uint8_t>());
      case 'j': return recall(in_.number<std::uint32_t>());
      case '0': return pop() != nullptr;
      case '1': return pop_mark(), true;
      case '2': return push(top()), true;
      default: return false;
    }
  }

  bool push_global(const std::string& module, const std::string& name) {
    push(Kind::global)->text = module + '.' + name;
    return true;
  }

  bool push_call() {
    Object* arguments = pop();
    Object* callee = pop();
    Object* result = push(Kind::call);
    result->callee = callee;
    result->arguments = arguments;
    return true;
  }

  bool call(char op) {
    switch (static_cast<unsigned char>(op)) {
      case 'c': {
        const std::string module(in_.until('\n'));
        return push_global(module, std::string(in_.until('\n')));
      }
      case 0x93: {
        const Object* name = pop();
        const Object* module = pop();
        return push_global(module->text, name->text);
      }
      case 'R':
      case 0x81: return push_call();
      case 0x92: return pop(), push_call();
      case 'b': {
        Object* state = pop();
        top()->state = state;
        return true;
      }
      case 'Q': {
        Object* id = pop();
        push(Kind::persistent)->arguments = id;
        return true;
      }
      default: return false;
    }
  }

  ByteReader in_;
  std::deque<Object>& objects_;
  std::vector<Object*> stack_;
  std::vector<std::size_t> marks_;
  std::unordered_map<std::uint64_t, Object*> memo_;
};

}  // namespace

const PickleObject* PickleObject::find(std::string_view key) const {
  for (const auto& [name, value] : entries)
    if (name->is(Kind::text) && name->text == key) return value;
  return nullptr;
}

Pickle::Pickle(std::string_view bytes, const std::string& who) {
  Machine machine(bytes, who, objects_);
  root_ = machine.run();
  bytes_ = machine.position();
}

}  // namespace zsq
