#include "graph/pickle.h"

#include <bit>

#include "graph/byte_reader.h"
#include "graph/pickle_stack.h"

namespace zsq {
namespace {

using Kind = PickleObject::Kind;
using Object = PickleObject;

class Machine {
 public:
  Machine(std::string_view bytes, const std::string& who, std::deque<Object>& objects)
      : in_(bytes, who), stack_(in_, objects), letters_(4 * bytes.size() + 1024) {}

  const Object* run() {
    while (true) {
      const char op = static_cast<char>(in_.number<std::uint8_t>());
      if (op == '.') return stack_.pop();
      if (!scalar(op) && !container(op) && !memo(op) && !call(op))
        in_.need(false, "pickle opcode ", static_cast<int>(static_cast<unsigned char>(op)),
                 " is none that PyTorch writes");
    }
  }

  std::size_t position() const { return in_.position(); }

 private:
  bool push_text(std::uint64_t bytes) {
    const std::string_view text = in_.take(bytes);
    stack_.push(Kind::text)->text = text;
    return true;
  }

  bool push_integer(std::int64_t value, Kind kind = Kind::integer) {
    stack_.push(kind)->integer = value;
    return true;
  }

  /// Two's complement of any length; what is longer than 64 bits (PyTorch's magic number) is kept unread.
  bool push_long(std::uint64_t bytes) {
    const std::string_view digits = in_.take(bytes);
    if (digits.size() > 8) return stack_.push(Kind::opaque) != nullptr;
    std::uint64_t value = !digits.empty() && (digits.back() & 0x80) != 0 ? ~std::uint64_t{0} : 0;
    for (std::size_t i = digits.size(); i > 0; --i)
      value = value << 8 | static_cast<unsigned char>(digits[i - 1]);
    return push_integer(static_cast<std::int64_t>(value));
  }

  bool push_real() {
    std::uint64_t bits = 0;
    for (const char byte : in_.take(8))
      bits = bits << 8 | static_cast<unsigned char>(byte);  // big-endian, alone here
    stack_.push(Kind::real)->real = std::bit_cast<double>(bits);
    return true;
  }

  bool scalar(char op) {
    switch (static_cast<unsigned char>(op)) {
      case 0x80: return !in_.take(1).empty();  // PROTO
      case 0x95: return !in_.take(8).empty();  // FRAME
      case 'N': return stack_.push(Kind::none) != nullptr;
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
    stack_.push(Kind::tuple)->items.assign(items.begin(), items.end());
    return true;
  }

  bool append(const std::vector<Object*>& items) {
    Object* list = stack_.top();
    list->items.insert(list->items.end(), items.begin(), items.end());
    return true;
  }

  bool set_items(const std::vector<Object*>& items) {
    in_.need(items.size() % 2 == 0, "a pickle has a key without a value");
    Object* dict = stack_.top();
    for (std::size_t i = 0; i < items.size(); i += 2) dict->entries.emplace_back(items[i], items[i + 1]);
    return true;
  }

  bool container(char op) {
    switch (static_cast<unsigned char>(op)) {
      case '(': return stack_.mark();
      case ']': return stack_.push(Kind::list) != nullptr;
      case '}': return stack_.push(Kind::dict) != nullptr;
      case ')': return stack_.push(Kind::tuple) != nullptr;
      case 0x8f: return stack_.push(Kind::set) != nullptr;
      case 't': return push_tuple(stack_.pop_mark());
      case 0x85: return push_tuple(stack_.pop(1));
      case 0x86: return push_tuple(stack_.pop(2));
      case 0x87: return push_tuple(stack_.pop(3));
      case 'a': return append(stack_.pop(1));
      case 'e':
      case 0x90: return append(stack_.pop_mark());
      case 's': return set_items(stack_.pop(2));
      case 'u': return set_items(stack_.pop_mark());
      default: return false;
    }
  }

  bool memo(char op) {
    switch (static_cast<unsigned char>(op)) {
      case 'q': return stack_.remember(in_.number<std::uint8_t>());
      case 'r': return stack_.remember(in_.number<std::uint32_t>());
      case 0x94: return stack_.remember(stack_.remembered());
      case 'h': return stack_.recall(in_.number<std::uint8_t>());
      case 'j': return stack_.recall(in_.number<std::uint32_t>());
      case '0': return stack_.pop() != nullptr;
      case '1': return stack_.pop_mark(), true;
      case '2': return stack_.push(stack_.top()), true;
      default: return false;
    }
  }

  /// The two may have been stored once and be joined again and again.
  bool push_global(std::string_view module, std::string_view name) {
    const std::uint64_t size = std::uint64_t{module.size()} + 1 + name.size();
    in_.need(size <= letters_, "a pickle puts together more names than it can hold");
    letters_ -= size;
    stack_.push(Kind::global)->text.append(module).append(1, '.').append(name);
    return true;
  }

  bool push_call() {
    Object* arguments = stack_.pop();
    Object* callee = stack_.pop();
    Object* result = stack_.push(Kind::call);
    result->callee = callee;
    result->arguments = arguments;
    return true;
  }

  bool call(char op) {
    switch (static_cast<unsigned char>(op)) {
      case 'c': {
        const std::string_view module = in_.until('\n');
        return push_global(module, in_.until('\n'));
      }
      case 0x93: {
        const auto names = stack_.pop(2);
        // A global's name is no text: it could be joined with itself, and would double each time.
        in_.need(names[0]->is(Kind::text) && names[1]->is(Kind::text), "a pickle's name is no text");
        return push_global(names[0]->text, names[1]->text);
      }
      case 'R':
      case 0x81: return push_call();
      case 0x92: return stack_.pop(), push_call();
      case 'b': {
        Object* state = stack_.pop();
        stack_.top()->state = state;
        return true;
      }
      case 'Q': {
        Object* id = stack_.pop();
        stack_.push(Kind::persistent)->arguments = id;
        return true;
      }
      default: return false;
    }
  }

  ByteReader in_;
  PickleStack stack_;
  std::uint64_t letters_;  // of names that may still be made
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
