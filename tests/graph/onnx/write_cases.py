"""Writes ONNX's own conformance tests of single operators (onnx.backend.test.case.node) as zsq can run them.

usage: write_cases.py FOLDER

For each case NAME.onnx, a model of one image, and NAME.safetensors with "input" and "output". What is no image becomes a
constant. Operators that combine values of one shape get both from one image, split along its channels. Where the place
of an axis does not matter, a case of fewer than four axes is given more in front.
"""
import json
import pathlib
import sys
import warnings

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

ANY_AXES = {"Relu", "LeakyRelu", "Clip", "Sigmoid", "HardSigmoid", "HardSwish", "Swish", "Neg", "PRelu", "Dropout"}
COMBINE = {"Add", "Sub", "Mul", "Sum", "Max", "Min"}
WITH_AXES = {
    "Conv", "ConvTranspose", "BatchNormalization", "Gemm", "MatMul", "Softmax", "LogSoftmax", "Pad", "Div", "Concat",
    "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool", "ReduceMean", "Resize", "Upsample", "DepthToSpace",
    "SpaceToDepth", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Slice", "Gather", "Split", "Expand",
    "Tile", "Identity",
}


def four_axes(array):
    return array.reshape((1,) * (4 - array.ndim) + array.shape)


def write_safetensors(path, tensors):
    header, body = {}, b""
    for name, array in tensors.items():
        bytes_ = numpy.ascontiguousarray(array, numpy.float32).tobytes()
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [len(body), len(body) + len(bytes_)]}
        body += bytes_
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(len(text).to_bytes(8, "little") + text + body)


def rewritten(case):
    """The model, its image and its output; None where the case is about something else than float images."""
    model, ((inputs, outputs),) = case.model, case.data_sets[:1]
    if len(model.graph.node) != 1 or not inputs or not isinstance(inputs[0], numpy.ndarray) or not isinstance(outputs[0], numpy.ndarray):
        return None
    node = onnx.NodeProto()
    node.CopyFrom(model.graph.node[0])
    if node.domain not in ("", "ai.onnx") or node.op_type not in ANY_AXES | COMBINE | WITH_AXES:
        return None
    if "training" in case.name:  # zsq reads networks as they are used
        return None
    if inputs[0].dtype != numpy.float32 or outputs[0].dtype != numpy.float32:
        return None
    nodes, image, constants = [node], inputs[0], list(zip([i.name for i in model.graph.input], inputs))[1:]
    if node.op_type in COMBINE and len(inputs) > 1 and all(i.shape == image.shape for i in inputs) and image.ndim <= 4:
        image = numpy.concatenate([four_axes(i) for i in inputs], 1)
        parts = [f"part{i}" for i in range(len(inputs))]
        sizes = numpy_helper.from_array(numpy.full(len(inputs), image.shape[1] // len(inputs), numpy.int64), "sizes")
        split = helper.make_node("Split", ["image", "sizes"], parts, axis=1)
        nodes, constants = [split, node], [("sizes", numpy_helper.to_array(sizes))]
        node.input[:] = parts
    else:
        if node.op_type in ANY_AXES | COMBINE and image.ndim < 4:
            image = four_axes(image)
        node.input[0] = "image"
        if image.ndim in (2, 3):  # features, or an image of one column, as the operator has them
            shape = numpy.asarray(image.shape, numpy.int64)
            image = image.reshape(image.shape + (1,) * (4 - image.ndim))
            nodes.insert(0, helper.make_node("Reshape", ["image", "own_shape"], ["reshaped"]))
            constants.append(("own_shape", shape))
            node.input[0] = "reshaped"
    constants = [numpy_helper.from_array(numpy.asarray(value), name) for name, value in constants]
    graph = helper.make_graph(
        nodes, case.name,
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, image.shape)],
        [helper.make_tensor_value_info(node.output[0], TensorProto.FLOAT, None)],
        constants)
    written = helper.make_model(graph, opset_imports=model.opset_import, ir_version=model.ir_version)
    return written, image, outputs[0]


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    warnings.simplefilter("ignore")
    from onnx.backend.test.case.node import collect_testcases

    count = 0
    for case in collect_testcases(None):
        try:
            made = rewritten(case)
        except (ValueError, TypeError):  # several data sets, sequences, optionals
            continue
        if made is None:
            continue
        model, image, output = made
        (folder / f"{case.name}.onnx").write_bytes(model.SerializeToString())
        write_safetensors(folder / f"{case.name}.safetensors", {"input": image, "output": output})
        count += 1
    print(f"{count} cases of onnx {onnx.__version__}")


if __name__ == "__main__":
    main()
