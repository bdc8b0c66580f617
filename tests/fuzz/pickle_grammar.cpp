#include "tests/fuzz/pickle_grammar.h"

#include <limits>
#include <vector>

#include "tests/fuzz/byte_source.h"
#include "tests/graph/checkpoint_bytes.h"

namespace zsq::fuzz {
namespace {

constexpr std::size_t kMaxSteps = 300, kMaxBytes = 1 << 16;

constexpr std::array<std::string_view, 16> kTexts{"w",
                                                  "torch._utils",
                                                  "_rebuild_tensor_v2",
                                                  "_rebuild_parameter",
                                                  "_rebuild_tensor",
                                                  "collections",
                                                  "OrderedDict",
                                                  "storage",
                                                  "torch",
                                                  "FloatStorage",
                                                  "ByteStorage",
                                                  "0",
                                                  "cpu",
                                                  "state_dict",
                                                  "module.a",
                                                  ""};

constexpr std::array<std::string_view, 8> kGlobals{"ctorch._utils\n_rebuild_tensor_v2\n",
                                                   "ccollections\nOrderedDict\n",
                                                   "ctorch\nFloatStorage\n",
                                                   "ctorch\nDoubleStorage\n",
                                                   "ctorch._utils\n_rebuild_parameter\n",
                                                   "c__main__\nNet\n",
                                                   "ctorch\nByteStorage\n",
                                                   "ctorch._utils\n_rebuild_tensor\n"};

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr std::array<std::int64_t, 16> kIntegers{
    0,         1,          2, 3, 6, 5, -1, 24, kMost, kMost - 1, kMost - 5, kMost / 2, std::int64_t{1} << 32,
    kMost / 3, -kMost - 1, 7};

class Writer {
 public:
  explicit Writer(std::string_view choices) : from_(choices) {}

  std::string write() {
    for (std::size_t i = 0; i < kMaxSteps && out_.size() < kMaxBytes && !from_.is_empty(); ++i) step();
    while (!marks_.empty()) close("t");
    need(1);
    return std::move(out_);
  }

 private:
  void step() {
    switch (from_.below(12)) {
      case 0: return text();
      case 1: return integer();
      case 2: return global();
      case 3: return take(2, "\x93");  // STACK_GLOBAL
      case 4: return simple();
      case 5: return memo();
      case 6: return mark();
      case 7: return close(from_.pick(kClosings));
      case 8: return call();
      case 9: return tensor();
      case 10: return state_dict();
      default: return again();
    }
  }

  static constexpr std::array<std::string_view, 4> kClosings{"t", "e", "u", "\x90"};

  std::size_t depth() const { return stack_ - (marks_.empty() ? 0 : marks_.back()); }

  /// As many values above the mark.
  void need(std::size_t values) {
    while (depth() < values) text();
  }

  void push(std::string_view bytes) {
    out_ += bytes;
    ++stack_;
  }

  /// An opcode that makes one value of so many.
  void take(std::size_t values, std::string_view op) {
    need(values);
    stack_ -= values;
    push(op);
  }

  void text() { push(checkpoint_bytes::text(from_.pick(kTexts))); }
  void integer() { push(checkpoint_bytes::integer(from_.pick(kIntegers))); }
  void global() { push(from_.pick(kGlobals)); }

  void simple() {
    constexpr std::array<std::string_view, 8> kOps{"N", "\x88", "\x89", "]", "}", ")", "\x8f", "K\x07"};
    push(from_.pick(kOps));
  }

  void memo() {
    const auto slot = static_cast<char>(from_.below(8));
    switch (from_.below(4)) {
      case 0:
        need(1);
        out_ += std::string("q") + slot;
        stored_[static_cast<std::size_t>(slot)] = true;
        return;
      case 1: need(1); return push("2");  // DUP
      case 2:
        need(1);
        out_ += '0';
        --stack_;
        return;  // POP
      default:
        if (stored_[static_cast<std::size_t>(slot)]) push(std::string("h") + slot);
    }
  }

  void mark() {
    out_ += '(';
    marks_.push_back(stack_);
  }

  /// Makes a tuple of what has come since the mark, or puts it into what lies below.
  void close(std::string_view op) {
    if (marks_.empty()) return;
    if (op == "u" && depth() % 2 != 0) text();
    stack_ = marks_.back();
    marks_.pop_back();
    out_ += op;
    if (op != "t" && depth() > 0) return;
    out_.back() = 't';
    ++stack_;
  }

  void call() {
    switch (from_.below(6)) {
      case 0: return take(2, "R");
      case 1: return take(1, "Q");
      case 2: return take(2, "b");
      case 3: return take(2, "a");
      case 4: return take(3, "s");
      default: return take(2, "\x86");
    }
  }

  /// What PyTorch writes, but for its numbers.
  void tensor() {
    checkpoint_bytes::Tensor t{.name = "w"};
    const std::size_t rank = from_.below(4);
    t.offset = from_.pick(kIntegers);
    for (std::size_t i = 0; i < rank; ++i) {
      t.dims.push_back(from_.pick(kIntegers));
      t.strides.push_back(from_.pick(kIntegers));
    }
    push(checkpoint_bytes::rebuild(t));
  }

  void state_dict() {
    push("ccollections\nOrderedDict\n)R");
    out_ += '(' + checkpoint_bytes::text(from_.pick(kTexts));
    tensor();
    --stack_;
    out_ += 'u';
  }

  /// Something that leaves the stack as high as it was, many times over: what doubles, shows it.
  void again() {
    constexpr std::array<std::string_view, 6> kRuns{"2\x93", "2\x86", "\x85", "2a", "2b", "2R"};
    need(1);
    const std::string_view run = from_.pick(kRuns);
    for (std::size_t times = from_.below(64); times > 0; --times) out_ += run;
  }

  ByteSource from_;
  std::string out_;
  std::size_t stack_ = 0;
  std::vector<std::size_t> marks_;
  std::array<bool, 8> stored_{};
};

}  // namespace

std::string pickle_of(std::string_view choices) { return Writer(choices).write(); }

}  // namespace zsq::fuzz
