#include "graph/torch/interpreter.h"

#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/runtime/operator.h>

#include "graph/check.h"
#include "graph/interrupted.h"
#include "graph/torch/allowed_operators.h"
#include "graph/torch/memory_limit.h"
#include "graph/torch/trapping_arguments.h"

namespace zsq::torchscript {
namespace {

using torch::jit::Node;
using torch::jit::Value;
namespace attr = torch::jit::attr;
namespace prim = torch::jit::prim;

std::string place(const Node& node) {
  const std::string path = module_path(node);
  return std::string(node.kind().toQualString()) + (path.empty() ? "" : " in " + path);
}

/// A constant of the program. One that was recorded on a GPU is moved: the graph is read on the CPU.
c10::IValue constant(const Node& node) {
  const auto value = torch::jit::toIValue(node.output());
  if (!value) return {};
  if (value->isDevice()) return c10::Device(c10::kCPU);
  if (value->isTensor() && value->toTensor().defined()) return value->toTensor().cpu();
  return *value;
}

c10::IValue make_list(const Node& node, const Interpreter::Values& elements) {
  c10::impl::GenericList list(node.output()->type()->expectRef<c10::ListType>().getElementType());
  for (const c10::IValue& element : elements) list.push_back(element);
  // Operators expect typed lists; a generic list of a known element type is one.
  return list;
}

c10::IValue make_dict(const Node& node, const Interpreter::Values& elements) {
  const auto& type = node.output()->type()->expectRef<c10::DictType>();
  c10::impl::GenericDict dict(type.getKeyType(), type.getValueType());
  for (std::size_t i = 0; i + 1 < elements.size(); i += 2) dict.insert(elements[i], elements[i + 1]);
  return dict;
}

bool is_instance(const Node& node, const c10::IValue& value) {
  const auto type = value.type();
  for (const c10::TypePtr& wanted : node.tys(attr::types))
    if (type->isSubtypeOf(*wanted)) return true;
  return false;
}

}  // namespace

/// LibTorch throws its own type for some devices only; on the CPU its text must tell.
bool is_out_of_memory(const std::exception& e) {
  return dynamic_cast<const std::bad_alloc*>(&e) != nullptr ||
         dynamic_cast<const c10::OutOfMemoryError*>(&e) != nullptr ||
         std::string_view(e.what()).find("allocate memory") != std::string_view::npos;
}

Interpreter::Values Interpreter::run(const torch::jit::Graph& graph, const Values& inputs) {
  values_.clear();
  budget_ = hooks_.most_bytes ? Budget(*hooks_.most_bytes) : Budget();
  set(graph.inputs(), inputs);
  run(*graph.block());
  return values(graph.outputs());
}

void Interpreter::count() {
  budget_.step();
  if (hooks_.stop && hooks_.stop()) throw Interrupted();
}

void Interpreter::construct(const Node& node, const c10::IValue& made) {
  budget_.weigh({made});
  set(node.outputs(), {made});
}

void Interpreter::run(const torch::jit::Block& block) {
  for (const Node* node : block.nodes()) step(*node);
}

void Interpreter::step(const Node& node) {
  count();
  switch (node.kind()) {
    case prim::Constant: return set(node.outputs(), {constant(node)});
    case prim::GetAttr:
      return set(node.outputs(), {value(node.input()).toObjectRef().getAttr(node.s(attr::name))});
    case prim::SetAttr:
      return value(node.input(0)).toObject()->setAttr(node.s(attr::name), value(node.input(1)));
    case prim::If: return branch(node);
    case prim::Loop: return loop(node);
    case prim::ListConstruct: return construct(node, make_list(node, values(node.inputs())));
    case prim::DictConstruct: return construct(node, make_dict(node, values(node.inputs())));
    case prim::TupleConstruct: return construct(node, c10::ivalue::Tuple::create(values(node.inputs())));
    case prim::ListUnpack: return set(node.outputs(), value(node.input()).toListRef().vec());
    case prim::TupleUnpack: return set(node.outputs(), value(node.input()).toTupleRef().elements().vec());
    case prim::unchecked_cast: return set(node.outputs(), {value(node.input())});
    case prim::Uninitialized: return set(node.outputs(), {c10::IValue()});
    case prim::isinstance: return set(node.outputs(), {is_instance(node, value(node.input()))});
    case prim::RaiseException:
      throw NotRunning("its own code refuses: " + value(node.input(0)).toStringRef().substr(0, 200));
    default: return set(node.outputs(), call(node));
  }
}

Interpreter::Values Interpreter::call(const Node& node) {
  if (node.kind() == torch::jit::aten::warn || node.kind() == prim::Print) return {};
  const auto* op = node.maybeOperator();
  check(op != nullptr, Fault::unsupported, place(node),
        " is not an operator of LibTorch; save the model again with torch.jit.trace, on the CPU, without an "
        "extension");
  check(
      is_allowed(node.kind().toQualString()), Fault::unsupported, place(node),
      " is not run, for it is none of the operators that are known to compute a network and do nothing else; "
      "leave it out of the exported model");
  Values arguments = values(node.inputs());
  budget_.before(node.kind().toQualString(), arguments);
  if (would_trap(node.kind().toQualString(), arguments))
    throw NotRunning(place(node) + " does not accept what it is given");
  if (hooks_.before) hooks_.before(node, arguments);
  Values stack = arguments;
  if (op->schema().is_vararg()) stack.emplace_back(static_cast<std::int64_t>(arguments.size()));
  try {
    const MemoryLimit limit(budget_.bytes_left());
    op->getOperation (&node)(stack);
  } catch (const std::exception& e) {  // its text is about LibTorch's inside
    check(!is_out_of_memory(e), Fault::device, place(node),
          " needs more memory than there is; a smaller --input needs less");
    throw NotRunning(place(node) + " does not accept what it is given");
  }
  budget_.after(arguments, stack);
  if (hooks_.after) hooks_.after(node, arguments, stack);
  return stack;
}

void Interpreter::branch(const Node& node) {
  const torch::jit::Block& taken = *node.blocks()[value(node.input()).toBool() ? 0 : 1];
  run(taken);
  set(node.outputs(), values(taken.outputs()));
}

void Interpreter::loop(const Node& node) {
  const torch::jit::Block& body = *node.blocks()[0];
  const std::int64_t most = value(node.input(0)).toInt();
  bool more = value(node.input(1)).toBool();
  Values carried = values(node.inputs().slice(2));
  for (std::int64_t i = 0; i < most && more; ++i) {
    count();  // its body may be empty
    Values in{i};
    in.insert(in.end(), carried.begin(), carried.end());
    set(body.inputs(), in);
    run(body);
    more = value(body.outputs()[0]).toBool();
    carried = values(body.outputs().slice(1));
  }
  set(node.outputs(), carried);
}

c10::IValue Interpreter::value(const Value* v) const { return values_.at(v); }

Interpreter::Values Interpreter::values(at::ArrayRef<const Value*> vs) const {
  Values out;
  for (const Value* v : vs) out.push_back(values_.at(v));
  return out;
}

void Interpreter::set(at::ArrayRef<const Value*> vs, const Values& to) {
  check(vs.size() == to.size(), Fault::model, "the model's program gives ", to.size(), " values where ",
        vs.size(), " are needed");
  for (std::size_t i = 0; i < vs.size(); ++i) values_[vs[i]] = to[i];
}

std::string module_path(const Node& node) {
  const auto stack = node.callstack();
  if (!stack) return {};
  std::string path;
  for (const auto& entry : (*stack)->vec()) {
    const auto& instance = std::get<torch::jit::kModuleInstanceInfo>(entry);
    if (!instance) continue;
    const std::string name = instance->instance_name();
    if (name.empty() || name == "SELF" || name == "INSTANCE_NAME_UNKNOWN") continue;
    path += (path.empty() ? "" : ".") + name;
  }
  return path;
}

}  // namespace zsq::torchscript
