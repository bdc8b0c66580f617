#include "apps/scheme_options.h"

#include "graph/check.h"
#include "quantize/bits_file.h"

namespace zsq::apps {
namespace {

/// The value of an enum whose name() is what the option says.
template <class Enum>
Enum choice(const Arguments& arguments, const std::string& option, std::initializer_list<Enum> choices) {
  const std::string text = arguments.text(option);
  std::string known;
  for (const Enum c : choices) {
    if (text == quantize::name(c)) return c;
    known += (known.empty() ? "" : " or ") + std::string(quantize::name(c));
  }
  fail(Fault::usage, "--", option, " is '", text, "', it must be ", known);
}

}  // namespace

std::vector<quantize::BitsRule> bits_from(const std::string& text) {
  return text.ends_with(".json") ? quantize::read_bits_file(text) : quantize::parse_bits(text);
}

quantize::Scheme methods_from(const Arguments& arguments) {
  using namespace quantize;
  Scheme s;
  if (arguments.text("rounding") != "auto")
    s.rounding =
        choice(arguments, "rounding",
               {Rounding::nearest, Rounding::sum_preserving, Rounding::second_order, Rounding::learned});
  s.learner =
      choice(arguments, "learner", {Learner::straight_through, Learner::two_neighbours, Learner::mean_field});
  s.learning_steps = static_cast<int>(arguments.integer("learning-steps", 1, 100000));
  s.seed = static_cast<std::uint64_t>(arguments.integer("seed", 0, INT64_MAX));
  s.weight_range = choice(arguments, "weight-range", {RangeMethod::min_max, RangeMethod::mse});
  s.activation_range = choice(arguments, "activation-range", {RangeMethod::min_max, RangeMethod::mse});
  s.granularity = choice(arguments, "granularity", {Granularity::channel, Granularity::tensor});
  s.activation_symmetry =
      choice(arguments, "activation-symmetry", {Symmetry::asymmetric, Symmetry::symmetric});
  s.bias_correction = choice(arguments, "bias-correction", {BiasCorrection::none, BiasCorrection::empirical});
  s.equalization = choice(arguments, "equalization", {Equalization::none, Equalization::depthwise});
  return s;
}

quantize::Scheme scheme_from(const Arguments& arguments) {
  quantize::Scheme s = methods_from(arguments);
  s.weight_bits = static_cast<int>(arguments.integer("wbits", 2, 8));
  s.activation_bits = static_cast<int>(arguments.integer("abits", 2, 8));
  s.bits = bits_from(arguments.text("bits"));
  return s;
}

}  // namespace zsq::apps
