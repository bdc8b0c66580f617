#include "samples/train/networks.h"

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "samples/shapes/render.h"

namespace zsq::samples {
namespace {

using torch::jit::Module;

constexpr auto kClasses = static_cast<std::int64_t>(kShapeClasses.size());

/// Makes modules of one compilation unit, with random weights.
class Factory {
 public:
  explicit Factory(const torch::Generator& generator) : generator_(generator) {}

  Module module(const std::string& type) const {
    Module made("__torch__." + type, unit_, /*shouldMangle=*/true);
    made.register_attribute("training", c10::BoolType::get(), true);
    return made;
  }

  /// Without bias, padded so that stride 1 keeps the extents.
  Module conv(std::int64_t in, std::int64_t out, int kernel, int stride, std::int64_t groups = 1) const {
    Module made = module("Conv2d");
    const double fan_out = static_cast<double>(out / groups * kernel * kernel);
    weight(made, {out, in / groups, kernel, kernel}, std::sqrt(2 / fan_out));
    const auto pair = [](int value) {
      return "[" + std::to_string(value) + ", " + std::to_string(value) + "]";
    };
    made.define("def forward(self, x):\n  return torch.conv2d(x, self.weight, None, " + pair(stride) + ", " +
                pair(kernel / 2) + ", [1, 1], " + std::to_string(groups) + ")\n");
    return made;
  }

  Module norm(std::int64_t channels) const {
    Module made = module("BatchNorm2d");
    made.register_parameter("weight", torch::ones({channels}), false);
    made.register_parameter("bias", torch::zeros({channels}), false);
    made.register_buffer("running_mean", torch::zeros({channels}));
    made.register_buffer("running_var", torch::ones({channels}));
    made.define(R"(
def forward(self, x):
  return torch.batch_norm(x, self.weight, self.bias, self.running_mean, self.running_var, self.training, 0.1, 1e-05, False)
)");
    return made;
  }

  Module relu6() const {
    Module made = module("ReLU6");
    made.define("def forward(self, x):\n  return torch.hardtanh(x, 0., 6.)\n");
    return made;
  }

  Module leaky_relu() const {
    Module made = module("LeakyReLU");
    made.define("def forward(self, x):\n  return torch.leaky_relu(x, 0.1)\n");
    return made;
  }

  Module max_pool() const {
    Module made = module("MaxPool2d");
    made.define(
        "def forward(self, x):\n  return torch.max_pool2d(x, [2, 2], [2, 2], [0, 0], [1, 1], False)\n");
    return made;
  }

  /// A classifier at every place: a 1x1 convolution with a bias.
  Module place_classifier(std::int64_t in, std::int64_t out) const {
    Module made = module("PlaceClassifier");
    weight(made, {out, in, 1, 1}, 1 / std::sqrt(static_cast<double>(in)));
    made.register_parameter("bias", torch::zeros({out}), false);
    made.define(
        "def forward(self, x):\n  return torch.conv2d(x, self.weight, self.bias, [1, 1], [0, 0], [1, 1], "
        "1)\n");
    return made;
  }

  Module linear(std::int64_t in, std::int64_t out) const {
    Module made = module("Linear");
    weight(made, {out, in}, 1 / std::sqrt(static_cast<double>(in)));
    made.register_parameter("bias", torch::zeros({out}), false);
    made.define("def forward(self, x):\n  return torch.linear(x, self.weight, self.bias)\n");
    return made;
  }

  /// Children "0", "1", ..., one after another.
  Module sequence(const std::vector<Module>& children) const {
    Module made = module("Sequential");
    std::string forward = "def forward(self, x):\n";
    for (std::size_t i = 0; i < children.size(); ++i) {
      made.register_module(std::to_string(i), children[i]);
      forward += "  x = getattr(self, \"" + std::to_string(i) + "\").forward(x)\n";
    }
    made.define(forward + "  return x\n");
    return made;
  }

 private:
  void weight(Module& module, at::IntArrayRef shape, double deviation) const {
    module.register_parameter("weight", torch::randn(shape, generator_) * deviation, false);
  }

  std::shared_ptr<torch::jit::CompilationUnit> unit_ = std::make_shared<torch::jit::CompilationUnit>();
  torch::Generator generator_;
};

enum class Shortcut { none, slice_and_pad, convolution };

/// Two 3x3 convolutions and a shortcut around them; they halve rows and columns where the shortcut does.
Module basic_block(const Factory& make, std::int64_t in, std::int64_t out, Shortcut shortcut) {
  const int stride = shortcut == Shortcut::none ? 1 : 2;
  Module block = make.module("BasicBlock");
  block.register_module("conv1", make.conv(in, out, 3, stride));
  block.register_module("bn1", make.norm(out));
  block.register_module("conv2", make.conv(out, out, 3, 1));
  block.register_module("bn2", make.norm(out));
  std::string around = "x";
  if (shortcut == Shortcut::convolution) {
    block.register_module("shortcut", make.sequence({make.conv(in, out, 1, stride), make.norm(out)}));
    around = "self.shortcut.forward(x)";
  } else if (shortcut == Shortcut::slice_and_pad) {
    const std::string half = std::to_string((out - in) / 2);
    around = "torch.pad(x[:, :, ::2, ::2], [0, 0, 0, 0, " + half + ", " + half + "], \"constant\", 0.)";
  }
  block.define(R"(
def forward(self, x):
  y = torch.relu(self.bn1.forward(self.conv1.forward(x)))
  return torch.relu(self.bn2.forward(self.conv2.forward(y)) + )" +
               around + ")\n");
  return block;
}

/// Expand, filter each channel, project; around it the input where the shape stays.
Module inverted_residual(const Factory& make, std::int64_t in, std::int64_t out, int stride) {
  const std::int64_t wide = 4 * in;
  Module block = make.module("InvertedResidual");
  block.register_module("conv", make.sequence({make.conv(in, wide, 1, 1), make.norm(wide), make.relu6(),
                                               make.conv(wide, wide, 3, stride, wide), make.norm(wide),
                                               make.relu6(), make.conv(wide, out, 1, 1), make.norm(out)}));
  const bool stays = in == out && stride == 1;
  block.define(std::string("def forward(self, x):\n  return ") + (stays ? "x + " : "") +
               "self.conv.forward(x)\n");
  return block;
}

}  // namespace

Module shapes_resnet(const torch::Generator& generator) {
  const Factory make(generator);
  Module net = make.module("ShapesResNet");
  net.register_module("conv1", make.conv(3, 16, 3, 1));
  net.register_module("bn1", make.norm(16));
  net.register_module("layer1", make.sequence({basic_block(make, 16, 16, Shortcut::none)}));
  net.register_module("layer2", make.sequence({basic_block(make, 16, 32, Shortcut::slice_and_pad)}));
  net.register_module("layer3", make.sequence({basic_block(make, 32, 64, Shortcut::convolution)}));
  net.register_module("linear", make.linear(64, kClasses));
  net.define(R"(
def forward(self, x):
  x = torch.relu(self.bn1.forward(self.conv1.forward(x)))
  x = self.layer3.forward(self.layer2.forward(self.layer1.forward(x)))
  return self.linear.forward(torch.flatten(torch.adaptive_avg_pool2d(x, [1, 1]), 1))
)");
  return net;
}

Module shapes_mobilenet(const torch::Generator& generator) {
  const Factory make(generator);
  Module net = make.module("ShapesMobileNet");
  net.register_module(
      "features",
      make.sequence({make.conv(3, 24, 3, 2), make.norm(24), make.relu6(), inverted_residual(make, 24, 24, 1),
                     inverted_residual(make, 24, 40, 2), inverted_residual(make, 40, 40, 1),
                     inverted_residual(make, 40, 40, 1), inverted_residual(make, 40, 64, 1),
                     make.conv(64, 192, 1, 1), make.norm(192), make.relu6()}));
  net.register_module("classifier", make.linear(192, kClasses));
  net.define(R"(
def forward(self, x):
  x = self.features.forward(x)
  return self.classifier.forward(torch.flatten(torch.adaptive_avg_pool2d(x, [1, 1]), 1))
)");
  return net;
}

Module shapes_vgg(const torch::Generator& generator) {
  const Factory make(generator);
  std::vector<Module> features;
  std::int64_t in = 3;
  for (const std::int64_t out : {16, 32, 64, 64}) {
    if (in == 16 || in == 32) features.push_back(make.max_pool());
    for (const Module& layer : {make.conv(in, out, 3, 1), make.norm(out), make.leaky_relu()})
      features.push_back(layer);
    in = out;
  }
  Module net = make.module("ShapesVGG");
  net.register_module("features", make.sequence(features));
  net.register_module("classifier", make.place_classifier(in, kClasses));
  net.define(R"(
def forward(self, x):
  x = self.classifier.forward(self.features.forward(x))
  return torch.flatten(torch.adaptive_avg_pool2d(x, [1, 1]), 1)
)");
  return net;
}

}  // namespace zsq::samples
