"""Exports torchvision's networks as ONNX files by both of PyTorch's exporters, batch norms kept, and by torch.export.

usage: export_networks.py FOLDER [classic|dynamo|export|channels_last] [NAME ...]

Needs torch, torchvision, onnx and onnxscript. Weights and running statistics are random. For each network NAME there are
NAME-classic.onnx, NAME-dynamo.onnx, NAME-export.pt2 (any batch) and NAME-channels_last.pt2 (a batch of two, weights in the
other order of strides), and NAME-*.safetensors with "input" and "output", PyTorch's own.
"""
import pathlib
import sys
import warnings

import torch
import torchvision
from torch import nn

from write_cases import write_safetensors

FAMILIES = {
    "resnet18": 224, "resnext50_32x4d": 224, "mobilenet_v2": 224, "mobilenet_v3_small": 224, "mobilenet_v3_large": 224,
    "mnasnet0_5": 224, "vgg11_bn": 224, "densenet121": 64, "googlenet": 96, "inception_v3": 299, "shufflenet_v2_x0_5": 224,
    "shufflenet_v2_x1_0": 224, "regnet_y_400mf": 224, "regnet_x_400mf": 224, "efficientnet_b0": 224,
    "deeplabv3_mobilenet_v3_large": 128, "ssdlite320_mobilenet_v3_large": 320,
}


class FirstOf(nn.Module):
    """The one tensor of a network that gives a dictionary."""

    def __init__(self, network, key):
        super().__init__()
        self.network, self.key = network, key

    def forward(self, x):
        return self.network(x)[self.key]


def network(name):
    torch.manual_seed(0)
    if name.startswith("deeplab"):
        net = FirstOf(torchvision.models.segmentation.deeplabv3_mobilenet_v3_large(weights=None, weights_backbone=None), "out")
    elif name.startswith("ssdlite"):
        net = FirstOf(torchvision.models.detection.ssdlite320_mobilenet_v3_large(weights=None, weights_backbone=None).backbone, "1")
    else:
        extra = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
        net = torchvision.models.get_model(name, weights=None, **extra)
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            for values, low, high in ((module.running_mean, -0.2, 0.2), (module.running_var, 0.5, 1.5),
                                      (module.weight.data, 0.8, 1.2), (module.bias.data, -0.2, 0.2)):
                values.uniform_(low, high)
    return net.eval()


def export(net, x, folder, name, kind):
    path = folder / f"{name}-{kind}.{'onnx' if kind in ('classic', 'dynamo') else 'pt2'}"
    if kind == "export":
        two = torch.cat([x, x])  # a batch of one would be taken for a constant
        torch.export.save(torch.export.export(net, (two,), dynamic_shapes=({0: torch.export.Dim("n")},)), str(path))
    elif kind == "channels_last":
        net = net.to(memory_format=torch.channels_last)
        torch.export.save(torch.export.export(net, (torch.cat([x, x]),)), str(path))
    elif kind == "dynamo":
        torch.onnx.export(net, (x,), str(path), dynamo=True, optimize=False, external_data=False, verbose=False)
    else:
        torch.onnx.export(net, (x,), str(path), dynamo=False, training=torch.onnx.TrainingMode.PRESERVE,
                          do_constant_folding=False, input_names=["input"], output_names=["output"],
                          dynamic_axes={"input": {0: "n"}, "output": {0: "n"}}, opset_version=17)


def main():
    warnings.simplefilter("ignore")
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    words = sys.argv[2:]
    every = ["classic", "dynamo", "export", "channels_last"]
    kinds = [word for word in words if word in every] or every
    for name in [word for word in words if word not in kinds] or FAMILIES:
        net, size = network(name), FAMILIES[name]
        x = torch.randn(1, 3, size, size)
        with torch.no_grad():
            y = net(x)
        for kind in kinds:
            try:
                export(net, x, folder, name, kind)
                write_safetensors(folder / f"{name}-{kind}.safetensors", {"input": x.numpy(), "output": y.numpy()})
            except Exception as error:  # the exporter's own
                print(f"{name}-{kind}: not exported: {type(error).__name__}: {str(error)[:200]}", flush=True)
        print(name, flush=True)


if __name__ == "__main__":
    main()
