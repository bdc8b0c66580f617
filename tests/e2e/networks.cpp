#include "tests/e2e/networks.h"

#include <vector>

#include <torch/csrc/jit/api/module.h>
#include <torch/types.h>

namespace zsq::e2e {
namespace {

/// Values without pattern in [-size, size], the same on every machine.
torch::Tensor values(const std::vector<std::int64_t>& dims, float size) {
  torch::Tensor out = torch::empty(dims);
  unsigned state = 1;
  for (std::int64_t i = 0; i < out.numel(); ++i) {
    state = state * 1664525U + 1013904223U;
    out.mutable_data_ptr<float>()[i] = size * (static_cast<float>(state >> 8U) / 8388608.0F - 1.0F);
  }
  return out;
}

}  // namespace

void write_network(const std::filesystem::path& file, const Network& network) {
  torch::jit::Module module("Net");
  std::string body = "def forward(self, x):\n";
  const auto add = [&](const std::string& name, const torch::Tensor& value) {
    module.register_buffer(name, value);
    return "self." + name;
  };
  for (const std::string layer : {"1", "2"}) {
    torch::Tensor weight = values({8, layer == "1" ? 3 : 8, 3, 3}, 0.4F), variance = torch::ones({8});
    if (network.dead_channels) {
      weight[0].zero_();
      variance.mutable_data_ptr<float>()[0] = variance.mutable_data_ptr<float>()[1] = 0;
      variance.mutable_data_ptr<float>()[2] = 1e-30F;
    }
    const bool folded = network.norms == Network::Norms::folded;
    body += "  x = torch.conv2d(x, " + add("weight" + layer, weight) + ", " +
            (folded ? add("bias" + layer, values({8}, 0.1F)) : "None") + ", [1, 1], [1, 1], [1, 1], 1)\n";
    if (network.norms == Network::Norms::kept)
      body += "  x = torch.batch_norm(x, " + add("gamma" + layer, torch::ones({8})) + ", " +
              add("beta" + layer, values({8}, 0.2F)) + ", " + add("mean" + layer, torch::zeros({8})) + ", " +
              add("variance" + layer, variance) + ", False, 0.1, 0.00001, True)\n";
    body += "  x = torch.relu(x)\n";
  }
  add("places", values({4, 8, 1, 1}, 1));
  add("up", values({8, 4, 2, 2}, 0.5F));
  body += network.head.empty()
              ? "  x = torch.linear(torch.mean(x, [2, 3]), " + add("classifier", values({4, 8}, 1)) + ")\n" +
                    network.ending + "  return x\n"
              : network.head;
  module.define(body);
  module.save(file.string());
}

}  // namespace zsq::e2e
