#include "graph/torch/budget.h"

#include <algorithm>
#include <unordered_set>

#include "graph/check.h"
#include "graph/machine.h"
#include "graph/torch/call.h"

namespace zsq::torchscript {
namespace {

// The largest networks there are take a few thousand operators, and as many nodes around each as there are
// fingers.
constexpr std::int64_t kMaxSteps = std::int64_t{1} << 22;
constexpr std::int64_t kMaxTensorCalls = std::int64_t{1} << 15;
constexpr std::int64_t kMaxElements = std::int64_t{1}
                                      << 18;  // of a list with all that it holds; letters of a text
constexpr int kMaxDepth = 32;                 // of lists in lists

constexpr const char* kAdvice = "; save it with torch.jit.trace(model, example), which leaves no loops";

void check_elements(bool ok) {
  check(ok, Fault::unsupported, "the model's program makes lists, or a text, of more than ", kMaxElements,
        " elements", kAdvice);
}

/// How many elements a value has, in all that it holds. A list may hold itself, or one list many times.
class Weight {
 public:
  std::int64_t of(const c10::IValue& value) {
    add(value, 0);
    return sum_;
  }

 private:
  void add(const c10::IValue& value, int depth) {
    check_elements(++sum_ <= kMaxElements);
    if (value.isString()) check_elements((sum_ += std::ssize(value.toStringRef())) <= kMaxElements);
    if (!value.isList() && !value.isTuple() && !value.isGenericDict()) return;
    check(depth < kMaxDepth, Fault::unsupported, "the model's program nests lists more than ", kMaxDepth,
          " deep", kAdvice);
    if (value.isList())
      for (const c10::IValue& element : value.toListRef()) add(element, depth + 1);
    if (value.isTuple())
      for (const c10::IValue& element : value.toTupleRef().elements()) add(element, depth + 1);
    if (value.isGenericDict())
      for (const auto& item : value.toGenericDict()) {
        add(item.key(), depth + 1);
        add(item.value(), depth + 1);
      }
  }

  std::int64_t sum_ = 0;
};

/// Whether the operator gives one element or tensor for each place along some side of its first argument.
bool takes_apart(std::string_view op) {
  return op == "aten::unbind" || op == "aten::_tensor_to_list" || op == "prim::tolist" ||
         op.ends_with("split") || op.ends_with("chunk") || op.starts_with("aten::split") ||
         op.starts_with("aten::unsafe_split");
}

std::int64_t places(const at::Tensor& tensor, std::string_view op) {
  if (op == "aten::_tensor_to_list" || op == "prim::tolist") return tensor.numel();
  std::int64_t most = 0;
  for (const std::int64_t extent : tensor.sizes()) most = std::max(most, extent);
  return most;
}

const void* storage_of(const at::Tensor& tensor) {
  return tensor.has_storage() ? tensor.storage().unsafeGetStorageImpl() : nullptr;
}

}  // namespace

Budget::Budget() : Budget(memory_of_machine() / 4 * 3) {}

void Budget::spend(std::int64_t steps) {
  steps_ += steps;
  check(steps_ <= kMaxSteps, Fault::unsupported, "the model's program does not end within ", kMaxSteps,
        " steps", kAdvice);
}

void Budget::weigh(const Values& values) {
  for (const c10::IValue& value : values) spend(Weight().of(value));
}

void Budget::before(std::string_view op, const Values& arguments) {
  if (arguments.empty()) return;
  const c10::IValue& first = arguments[0];
  if (op == "prim::rangelist" && first.isInt()) check_elements(first.toInt() <= kMaxElements);
  if (op == "aten::mul" && first.isList() && arguments.size() > 1 && arguments[1].isInt())
    check_elements(arguments[1].toInt() <= kMaxElements / Weight().of(first));
  if (takes_apart(op) && first.isTensor() && first.toTensor().defined())
    check_elements(places(first.toTensor(), op) <= kMaxElements);
}

void Budget::after(const Values& arguments, const Values& results) {
  weigh(arguments);
  weigh(results);
  keep(arguments, results);
}

void Budget::keep(const Values& arguments, const Values& results) {
  std::unordered_set<const void*> known{nullptr};
  for (const c10::IValue& value : arguments)
    for (const at::Tensor& t : tensors_in(value)) known.insert(storage_of(t));
  bool any = false;
  for (const c10::IValue& value : results)
    for (const at::Tensor& t : tensors_in(value)) {
      any = true;
      if (known.insert(storage_of(t)).second) bytes_ += t.storage().nbytes();
    }
  tensor_calls_ += any ? 1 : 0;
  check(tensor_calls_ <= kMaxTensorCalls, Fault::unsupported, "the model's program runs more than ",
        kMaxTensorCalls, " operators on tensors", kAdvice);
  const bool fits = bytes_ <= most_bytes_;
  bytes_ = std::min(bytes_, most_bytes_);
  check(fits, Fault::device, "the model's program makes tensors of more than ", most_bytes_ >> 20U,
        " MiB, which is most of the memory there is; a smaller --input needs less");
}

}  // namespace zsq::torchscript
