#pragma once

#include <torch/script.h>

/// The sample networks, as TorchScript modules from the start: what is trained is what is saved, and a
/// parameter's name is its module's path. Input: [n, 3, 32, 32], output: [n, 10].
namespace zsq::samples {

/// ResNet-8 for CIFAR-sized images (He et al. 2015, section 4.2), 16-32-64 channels. The first shortcut that
/// changes shape is a strided slice with zero channels around it (option A), the second a strided 1x1
/// convolution with batch norm (option B).
torch::jit::Module shapes_resnet(const torch::Generator& generator);

/// Inverted residuals with linear bottlenecks and ReLU6 (Sandler et al. 2018), 24-40-64 channels.
torch::jit::Module shapes_mobilenet(const torch::Generator& generator);

/// 3x3 convolutions in a row with max pools between them (Simonyan and Zisserman 2014), leaky ReLU, 16-32-64
/// channels, and Darknet's head (Redmon and Farhadi 2016): a 1x1 convolution to the classes at every place,
/// and the mean over the places. Its last layer is no classifier over one place.
torch::jit::Module shapes_vgg(const torch::Generator& generator);

}  // namespace zsq::samples
