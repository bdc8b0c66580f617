#include <limits>

#include "graph/pt2/translator.h"

/// Functions of one value, and sums and products of two.
namespace zsq::pt2 {
namespace {

template <const char* kOp>
void same(Translator& t, const Call& call) {
  t.emit(call, kOp, {t.tensor(call, "self")});
}
constexpr char kRelu[] = "Relu", kSigmoid[] = "Sigmoid", kHardSwish[] = "HardSwish", kSwish[] = "Swish",
               kNeg[] = "Neg";

void clip(Translator& t, const Call& call, double low, double high) {
  t.emit(call, "Clip",
         {t.tensor(call, "self"), t.constant(static_cast<float>(low)), t.constant(static_cast<float>(high))});
}

constexpr double kInfinity = std::numeric_limits<double>::infinity();

void clamp(Translator& t, const Call& call) {
  clip(t, call, t.number(call, "min", -kInfinity), t.number(call, "max", kInfinity));
}
void hardtanh(Translator& t, const Call& call) {
  clip(t, call, t.number(call, "min_val", -1), t.number(call, "max_val", 1));
}
void relu6(Translator& t, const Call& call) { clip(t, call, 0, 6); }

void hardsigmoid(Translator& t, const Call& call) {
  t.emit(call, "HardSigmoid", {t.tensor(call, "self")}).attributes = {attribute("alpha", 1.0 / 6)};
}

void leaky_relu(Translator& t, const Call& call) {
  t.emit(call, "LeakyRelu", {t.tensor(call, "self")}).attributes = {
      attribute("alpha", t.number(call, "negative_slope", 0.01))};
}

void prelu(Translator& t, const Call& call) {
  t.emit(call, "PRelu", {t.tensor(call, "self"), t.tensor(call, "weight")});
}

template <const char* kOp>
void softmax(Translator& t, const Call& call) {
  t.emit(call, kOp, {t.tensor(call, "self")}).attributes = {attribute("axis", t.integer(call, "dim", -1))};
}
constexpr char kSoftmax[] = "Softmax", kLogSoftmax[] = "LogSoftmax";

/// other * alpha, where alpha is not 1
std::string_view weighted(Translator& t, const Call& call, const char* argument) {
  const std::string_view value = t.operand(call, argument);
  const double alpha = t.number(call, "alpha", 1);
  if (alpha == 1) return value;
  return t.intermediate(call, "Mul", {value, t.constant(static_cast<float>(alpha))});
}

void add(Translator& t, const Call& call) {
  t.emit(call, "Add", {t.operand(call, "self"), weighted(t, call, "other")});
}
void subtract(Translator& t, const Call& call) {
  t.emit(call, "Sub", {t.operand(call, "self"), weighted(t, call, "other")});
}
void subtract_from(Translator& t, const Call& call) {  // rsub
  t.emit(call, "Sub", {t.operand(call, "other"), weighted(t, call, "self")});
}
void multiply(Translator& t, const Call& call) {
  t.emit(call, "Mul", {t.operand(call, "self"), t.operand(call, "other")});
}
void divide(Translator& t, const Call& call) {
  if (call.find("rounding_mode") != nullptr) refuse("rounds what it divides, which zsq does not do");
  std::string_view by = t.operand(call, "other");
  // An integer divisor of an image is a real number.
  if (const Value* value = call.find("other"); value != nullptr && std::holds_alternative<Integers>(*value))
    by = t.constant(static_cast<float>(t.integer(call, "other", 1)));
  t.emit(call, "Div", {t.operand(call, "self"), by});
}

void concat(Translator& t, const Call& call) {
  t.emit(call, "Concat", t.tensors(call, "tensors")).attributes = {
      attribute("axis", t.integer(call, "dim", 0))};
}

/// Of the amounts in front of and behind the last axis, the one before it, ...
void pad(Translator& t, const Call& call) {
  const auto given = t.integers(call, "pad");
  std::vector<std::int64_t> amounts(given.size()), axes;
  const std::size_t count = given.size() / 2;
  for (std::size_t i = 0; i < count; ++i) {
    axes.push_back(-1 - static_cast<std::int64_t>(i));
    amounts[i] = given[2 * i];
    amounts[count + i] = given[2 * i + 1];
  }
  const std::string mode = t.text(call, "mode", "constant");
  const auto value = static_cast<float>(t.number(call, "value", 0));
  t.emit(call, "Pad", {t.tensor(call, "self"), t.constant(amounts), t.constant(value), t.constant(axes)})
      .attributes = {{.name = "mode", .text = t.keep(mode)}};
}

}  // namespace

const Operators& value_operators() {
  static const Operators table{{"relu", same<kRelu>},
                               {"relu6", relu6},
                               {"sigmoid", same<kSigmoid>},
                               {"hardswish", same<kHardSwish>},
                               {"silu", same<kSwish>},
                               {"neg", same<kNeg>},
                               {"clamp", clamp},
                               {"clamp_min", clamp},
                               {"clamp_max", clamp},
                               {"hardtanh", hardtanh},
                               {"hardsigmoid", hardsigmoid},
                               {"leaky_relu", leaky_relu},
                               {"prelu", prelu},
                               {"softmax", softmax<kSoftmax>},
                               {"_softmax", softmax<kSoftmax>},
                               {"log_softmax", softmax<kLogSoftmax>},
                               {"_log_softmax", softmax<kLogSoftmax>},
                               {"pad", pad},
                               {"constant_pad_nd", pad}};
  return table;
}

const Operators& arithmetic_operators() {
  static const Operators table{{"add", add},    {"sub", subtract}, {"rsub", subtract_from}, {"mul", multiply},
                               {"div", divide}, {"cat", concat},   {"concat", concat}};
  return table;
}

}  // namespace zsq::pt2
