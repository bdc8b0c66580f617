"""Float ONNX files of well-known networks with random weights, batch norms folded, to time peers with."""
import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

CLASSES = 1000


class Builder:
    def __init__(self):
        self.random, self.nodes, self.weights, self.channels = numpy.random.default_rng(0), [], [], {"input": 3}

    def constant(self, *shape):
        name = f"w{len(self.weights)}"
        deviation = numpy.sqrt(2 / numpy.prod(shape[1:])) if len(shape) > 1 else 0.1
        values = self.random.standard_normal(shape, numpy.float32) * numpy.float32(deviation)
        self.weights.append(numpy_helper.from_array(values, name))
        return name

    def add(self, op, inputs, channels, **attributes):
        name = f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [name], **attributes))
        self.channels[name] = channels
        return name

    def conv(self, x, out, kernel=1, stride=1, groups=1):
        weight = self.constant(out, self.channels[x] // groups, kernel, kernel)
        return self.add("Conv", [x, weight, self.constant(out)], out, kernel_shape=[kernel] * 2, strides=[stride] * 2,
                        pads=[kernel // 2] * 4, group=groups)

    def relu(self, x):
        return self.add("Relu", [x], self.channels[x])

    def relu6(self, x):
        bounds = []
        for value in (0, 6):
            bounds.append(f"w{len(self.weights)}")
            self.weights.append(numpy_helper.from_array(numpy.array(value, numpy.float32), bounds[-1]))
        return self.add("Clip", [x, *bounds], self.channels[x])

    def sum(self, a, b):
        return self.add("Add", [a, b], self.channels[a])

    def classifier(self, x):
        channels = self.channels[x]
        flat = self.add("Flatten", [self.add("GlobalAveragePool", [x], channels)], channels)
        return self.add("Gemm", [flat, self.constant(CLASSES, channels), self.constant(CLASSES)], CLASSES, transB=1)

    def save(self, output, path):
        graph = helper.make_graph(
            self.nodes, "network", [helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, 224, 224])],
            [helper.make_tensor_value_info(output, TensorProto.FLOAT, [1, CLASSES])], self.weights)
        onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)


def resnet(blocks, expansion):
    b = Builder()
    x = b.relu(b.conv("input", 64, 7, 2))
    x = b.add("MaxPool", [x], 64, kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4)
    for stage, count in enumerate(blocks):
        width = 64 << stage
        for i in range(count):
            stride = 2 if stage > 0 and i == 0 else 1
            if expansion == 1:
                y = b.conv(b.relu(b.conv(x, width, 3, stride)), width, 3)
            else:
                y = b.conv(b.relu(b.conv(b.relu(b.conv(x, width)), width, 3, stride)), expansion * width)
            short = x if i > 0 or b.channels[x] == b.channels[y] else b.conv(x, expansion * width, 1, stride)
            x = b.relu(b.sum(y, short))
    return b, b.classifier(x)


def mobilenet_v2():
    b = Builder()
    x = b.relu6(b.conv("input", 32, 3, 2))
    for expansion, out, count, first in ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1),
                                         (6, 160, 3, 2), (6, 320, 1, 1)):
        for i in range(count):
            stride, middle = (first if i == 0 else 1), b.channels[x] * expansion
            y = b.relu6(b.conv(x, middle)) if expansion > 1 else x
            y = b.conv(b.relu6(b.conv(y, middle, 3, stride, middle)), out)
            x = b.sum(x, y) if stride == 1 and b.channels[x] == out else y
    return b, b.classifier(b.relu6(b.conv(x, 1280)))


ARCHITECTURES = {"resnet18": lambda: resnet((2, 2, 2, 2), 1), "resnet50": lambda: resnet((3, 4, 6, 3), 4),
                 "mobilenet_v2": mobilenet_v2}


def write(name, path):
    builder, output = ARCHITECTURES[name]()
    builder.save(output, path)
