#include "graph/architectures/architecture.h"

#include <array>

#include "graph/architectures/cifar_resnet.h"
#include "graph/check.h"

namespace zsq {
namespace {

struct Architecture {
  Shape usual_input;
  bool (*matches)(const StateDict&) = nullptr;
  std::string (*name)(const StateDict&) = nullptr;
  Graph (*build)(const StateDict&, const Shape& input, const std::string& who) = nullptr;
};

constexpr std::array<Architecture, 1> kArchitectures{
    {{{1, 3, 32, 32}, is_cifar_resnet, cifar_resnet_name, build_cifar_resnet}}};

}  // namespace

BuiltIn build_architecture(const StateDict& state, const std::optional<Shape>& input,
                           const std::string& who) {
  for (const Architecture& a : kArchitectures)
    if (a.matches(state)) return {a.name(state), a.build(state, input.value_or(a.usual_input), who)};
  fail(Fault::unsupported, who,
       " holds the weights of a network but not the network (its first parameter is '", state.begin()->first,
       "'), and zsq knows only the CIFAR ResNets by their weights; "
       "save torch.jit.trace(model, example) instead");
}

}  // namespace zsq
