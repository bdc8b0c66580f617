"""Writes small .pt2 files as torch.export.save makes them, without what zsq does not read, and what PyTorch gives.

usage: export_cases.py FOLDER

For each case NAME.pt2 and NAME.safetensors with "input" and "output". Needs torch.
"""
import io
import json
import pathlib
import sys
import zipfile

import torch
import torch.nn.functional as F
from torch import nn

sys.path.append(str(pathlib.Path(__file__).parent.parent / "onnx"))
from write_cases import write_safetensors  # noqa: E402


class Of(nn.Module):
    def __init__(self, function, **modules):
        super().__init__()
        self.function = function
        for name, module in modules.items():
            self.add_module(name, module)

    def forward(self, x):
        return self.function(self, x)


def conv(*arguments, **named):
    return nn.Conv2d(*arguments, **named)


def residual(m, x):
    y = F.relu(m.bn1(m.conv1(x)))
    y = m.bn2(m.conv2(y))
    y = F.relu6(y + m.bn3(m.conv3(x[:, :, ::2, ::2])))
    return m.fc(torch.flatten(F.adaptive_avg_pool2d(y, 1), 1))


def convolutions(m, x):
    return m.up(m.valid(m.same(x))) + m.dilated(x)[:, :, 1:5, 1:5].repeat(1, 1, 1, 1)


def pools(m, x):
    y = F.max_pool2d(x, 3, 2, 1, ceil_mode=True)
    z = F.avg_pool2d(x, 3, 2, 1, ceil_mode=True) + F.avg_pool2d(x, 3, 1, 0, count_include_pad=False)
    return torch.cat([F.adaptive_avg_pool2d(y, 2), F.adaptive_max_pool2d(z, (2, 2))], 1)


def functions(m, x):
    y = F.hardswish(F.silu(x)) + F.hardsigmoid(x) - F.leaky_relu(x, 0.2)
    return F.hardtanh(m.prelu(y), -0.5, 0.5) * torch.sigmoid(x) + x.clamp(min=0) / 3 + 2 * (1 - x) - (-x).clamp_max(0.25)


def attention(m, x):
    y = x.mean((2, 3), keepdim=True)
    return x * torch.sigmoid(m.expand(F.relu(m.reduce(y))))


def shuffle(m, x):
    n, c, h, w = x.shape
    x = x.view(n, 2, c // 2, h, w).transpose(1, 2).reshape(n, c, h, w)
    a, b = x.chunk(2, 1)
    c, d = torch.split(m.conv(b), [2, 2], 1)
    return torch.cat([d, a, c], 1)


def moving(m, x):
    y = F.pixel_shuffle(F.pad(x, (1, 1, 1, 1, 0, 4)), 2)
    y = F.channel_shuffle(F.pixel_unshuffle(y, 2), 2)
    a, b = torch.split(y, 4, 1)
    return F.dropout(a.contiguous() + b.permute(0, 1, 2, 3), 0.5, False).to(torch.float32)


def resizing(m, x):
    y = F.interpolate(x, scale_factor=2, mode="nearest")
    z = F.interpolate(x, size=(12, 12), mode="bilinear", align_corners=False)
    return torch.cat([y, z, F.interpolate(x, size=(12, 12), mode="nearest-exact")], 1)


def classifier(m, x):
    y = x.unsqueeze(1).squeeze(1).mean([2, 3])
    return F.log_softmax(y @ m.fc.weight.t() + m.fc.bias, dim=1).unflatten(1, (4, 1, 1)).flatten(1)


def two(m, x):
    y = m.conv(x)
    return y, F.softmax(y.mean((2, 3)), 1)


def cases():
    bn = nn.BatchNorm2d
    net = Of(residual, conv1=conv(4, 6, 3, 2, 1, bias=False), bn1=bn(6), conv2=conv(6, 4, 3, 1, 1, groups=2, bias=False),
             bn2=bn(4), conv3=conv(4, 4, 1, bias=False), bn3=bn(4, affine=False), fc=nn.Linear(4, 5))
    yield "residual", net, {}
    yield "channels_last", net, {"memory": torch.channels_last}
    yield "fixed_batch", net, {"dynamic": False}
    yield "decomposed", net, {"decompose": True}
    yield "convolutions", Of(convolutions, same=conv(4, 4, 2, padding="same"), valid=conv(4, 4, 3, padding="valid", stride=2),
                             up=nn.ConvTranspose2d(4, 4, 3, 2, 1, 1, groups=2), dilated=conv(4, 4, 3, 1, 2, 2)), {}
    yield "pools", Of(pools), {}
    yield "functions", Of(functions, prelu=nn.PReLU()), {}
    yield "attention", Of(attention, reduce=conv(4, 2, 1), expand=conv(2, 4, 1)), {}
    yield "shuffle", Of(shuffle, conv=conv(2, 4, 1)), {}
    yield "moving", Of(moving), {}
    yield "resizing", Of(resizing), {}
    yield "classifier", Of(classifier, fc=nn.Linear(4, 4)), {}
    yield "two_outputs", Of(two, conv=conv(4, 3, 1)), {}


def smaller(archive):
    """The same archive without sample inputs, traces of the stack and what describes Python's side."""
    made = io.BytesIO()
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as new:
        for name in old.namelist():
            content = old.read(name)
            if "/data/sample_inputs/" in name or "/.data/" in name:
                continue
            if name.endswith(".json"):
                whole = json.loads(content)
                module = whole.get("graph_module", {})
                for node in module.get("graph", {}).get("nodes", []):
                    node["metadata"] = {k: v for k, v in node["metadata"].items() if k == "nn_module_stack"}
                    if "nn_module_stack" in node["metadata"]:
                        node["metadata"]["nn_module_stack"] = node["metadata"]["nn_module_stack"].split(";")[-1]
                for value in module.get("graph", {}).get("tensor_values", {}).values():
                    for key in ("device", "strides", "storage_offset", "layout", "requires_grad"):
                        value.pop(key, None)
                for entry in whole.get("config", {}).values():
                    entry["tensor_meta"].pop("device")
                module.pop("module_call_graph", None)
                content = json.dumps(whole, separators=(",", ":")).encode()
            info = zipfile.ZipInfo("model" + name[name.index("/"):], (1980, 1, 1, 0, 0, 0))
            new.writestr(info, content)
    return made.getvalue()


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    for name, net, options in cases():
        torch.manual_seed(1)
        for module in net.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.running_mean.uniform_(-0.2, 0.2)
                module.running_var.uniform_(0.5, 1.5)
        net = net.eval().to(memory_format=options.get("memory", torch.contiguous_format))
        x = torch.randn(2, 4, 6, 6)
        shapes = ({0: torch.export.Dim("n")},) if options.get("dynamic", True) else None
        program = torch.export.export(net, (x,), dynamic_shapes=shapes)
        if options.get("decompose"):
            program = program.run_decompositions()
        archive = io.BytesIO()
        torch.export.save(program, archive)
        (folder / f"{name}.pt2").write_bytes(smaller(archive))
        with torch.no_grad():
            outputs = net(x)
        outputs = outputs if isinstance(outputs, tuple) else (outputs,)
        write_safetensors(folder / f"{name}.safetensors",
                          {"input": x.numpy(), "output": torch.cat([y.flatten() for y in outputs]).numpy()})


main()
