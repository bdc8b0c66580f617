#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace zsq::apps {

/// One trick: an option of zsq quantize, what it is set to, and what it would be without the trick. Tricks on
/// the same option build on each other, in their order.
struct Trick {
  std::string_view name, option, without, value, reason;
};

/// A named list of what to do. What decided a plan is in its card option by option, so that a later version
/// of the recipe does not change what a card means.
struct MethodRecipe {
  std::string_view name;
  int version = 1;
  std::string_view summary;
  std::span<const Trick> tricks;
};

std::span<const MethodRecipe> method_recipes();

/// The one that `--recipe NAME` means; null where it names a file, or nothing.
const MethodRecipe* method_recipe_named(std::string_view name);

/// "guideline 1".
std::string label(const MethodRecipe& recipe);

/// "--option=value" of each option it decides, as its last trick has it.
std::vector<std::string> words_of(const MethodRecipe& recipe);

/// What `zsq help recipe` prints; lines of at most 100 characters.
std::string recipes_text();

}  // namespace zsq::apps
