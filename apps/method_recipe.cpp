#include "apps/method_recipe.h"

#include <map>

#include "report/wrapped.h"

namespace zsq::apps {
namespace {

/// After Hu et al. 2023, "Bag of Tricks with Quantized Convolutional Neural Networks for Image
/// Classification": the steps after training, in the order in which each is best judged. docs/guideline.md
/// has what each is worth.
constexpr Trick kGuideline[] = {
    {"asymmetric activations", "activation-symmetry", "symmetric", "asymmetric",
     "behind a ReLU nothing is negative, so a grid that reaches as far below zero as above wastes a bit"},
    {"a scale for each channel", "granularity", "tensor", "channel",
     "folded batch norms give channels very different ranges, above all in depthwise layers, and the widest "
     "takes the grid from all others; integers pay nothing for it"},
    {"activations' ranges of the least error", "activation-range", "min-max", "mse",
     "a rare large value costs every other one precision; cutting it off costs less"},
    {"weights' ranges of the least error", "weight-range", "min-max", "mse",
     "the same of weights; at 8 bits it is small, below it is not"},
    {"equalization", "equalization", "none", "depthwise",
     "activations have one scale for all channels; what depthwise layers read is brought to one range by "
     "factors that the layers around take up, without any change in float"},
    {"bias correction", "bias-correction", "none", "empirical",
     "rounding shifts the mean of a channel, the same way for every image; its bias takes that back"},
    {"sum-preserving rounding", "rounding", "nearest", "sum-preserving",
     "errors of one kernel that all have the same sign add up; a few are rounded the other way"},
    {"second-order rounding", "rounding", "sum-preserving", "second-order",
     "what rounding one weight costs is taken back by those after it, as the layer's inputs say"},
    {"rounding learned below 6 bits", "rounding", "second-order", "auto",
     "few bits leave errors that depend on each other through several layers; at 6 and 8 bits it does not "
     "pay, and nothing is learned"},
};

constexpr MethodRecipe kRecipes[] = {
    {"guideline", 1, "what to do after training, each step with its reason (Hu et al. 2023)", kGuideline}};

}  // namespace

std::span<const MethodRecipe> method_recipes() { return kRecipes; }

const MethodRecipe* method_recipe_named(std::string_view name) {
  for (const MethodRecipe& recipe : kRecipes)
    if (recipe.name == name) return &recipe;
  return nullptr;
}

std::string label(const MethodRecipe& recipe) {
  return std::string(recipe.name) + " " + std::to_string(recipe.version);
}

std::vector<std::string> words_of(const MethodRecipe& recipe) {
  std::map<std::string_view, std::string_view> options;
  for (const Trick& trick : recipe.tricks) options[trick.option] = trick.value;
  std::vector<std::string> words;
  for (const auto& [option, value] : options)
    words.push_back("--" + std::string(option) + "=" + std::string(value));
  return words;
}

std::string recipes_text() {
  std::string text =
      "Named recipes: zsq quantize MODEL --recipe NAME; an option that is given wins over it.\n";
  for (const MethodRecipe& recipe : kRecipes) {
    text += "\n" + label(recipe) + ": " + std::string(recipe.summary) + "\n";
    int number = 0;
    for (const Trick& trick : recipe.tricks)
      text += std::to_string(++number) + ". " + std::string(trick.name) + ": --" + std::string(trick.option) +
              " " + std::string(trick.value) + "\n" + report::wrapped(trick.reason);
    text += "What each is worth on a network: zsq sweep MODEL --data SET --ablate " +
            std::string(recipe.name) + "\n";
  }
  return text;
}

}  // namespace zsq::apps
