#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace zsq {

/// One value of a pickle. Nothing is ever executed: a call is kept as what it would call and with what.
struct PickleObject {
  enum class Kind {
    none,
    boolean,
    integer,
    real,
    text,
    list,
    tuple,
    dict,
    set,
    global,
    call,
    persistent,
    opaque
  };

  using Entry = std::pair<const PickleObject*, const PickleObject*>;

  Kind kind = Kind::none;
  std::int64_t integer = 0;  // of boolean and integer
  double real = 0;
  std::string text;                         // of text and bytes; of a global, "module.name"
  std::vector<const PickleObject*> items;   // of list, tuple and set; what a call was extended by
  std::vector<Entry> entries;               // of dict, and set on a call's result
  const PickleObject* callee = nullptr;     // of a call
  const PickleObject* arguments = nullptr;  // of a call; of a persistent id, the id
  const PickleObject* state = nullptr;      // what __setstate__ would be given

  bool is(Kind k) const { return kind == k; }

  /// The value under a text key, or null.
  const PickleObject* find(std::string_view key) const;
};

/// The objects of one pickle. They may refer to one another in circles, so walks need a limit.
class Pickle {
 public:
  /// Protocols 2 to 5, as far as PyTorch uses them. Takes untrusted bytes: throws Error (Fault::model)
  /// beginning with `who` for what ends early, underflows its stack or uses an opcode outside that. Takes at
  /// most some hundred bytes for each one it is given, and 2^21 objects.
  Pickle(std::string_view bytes, const std::string& who);
  Pickle(const Pickle&) = delete;
  Pickle(Pickle&&) = default;  // a moved deque keeps its elements in place

  const PickleObject& root() const { return *root_; }
  std::size_t bytes() const { return bytes_; }  // how many were read: other things may follow

 private:
  std::deque<PickleObject> objects_;
  const PickleObject* root_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace zsq
