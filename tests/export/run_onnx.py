"""Runs an ONNX file with another tool.

usage: run_onnx.py MODEL INPUT.f32 OUTPUT.f32 ort|openvino N C H W

INPUT holds N float32 images in NCHW order; OUTPUT gets the values of the first output. With ort, OUTPUT.ops lists the
operators of the graph that it has made of the model, one a line.
"""
import pathlib
import sys

import numpy


def with_onnxruntime(model, x, output):
    import onnx
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.optimized_model_filepath = output + ".onnx"
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    fused = onnx.load(output + ".onnx")
    pathlib.Path(output + ".ops").write_text("".join(node.op_type + "\n" for node in fused.graph.node))
    name = session.get_inputs()[0].name
    return [session.run(None, {name: x[i:i + 32]})[0] for i in range(0, len(x), 32)]


def with_openvino(model, x, output):
    import openvino

    compiled = openvino.compile_model(openvino.Core().read_model(model), "CPU", {"INFERENCE_NUM_THREADS": 1})
    # For each layer that runs: its kind and the precision that it runs in.
    kinds = [(node.get_rt_info()["layerType"].astype(str), node.get_rt_info()["runtimePrecision"].astype(str))
             for node in compiled.get_runtime_model().get_ordered_ops()]
    pathlib.Path(output + ".ops").write_text("".join(f"{kind} {precision}\n" for kind, precision in kinds))
    return [compiled([x[i:i + 32]])[0] for i in range(0, len(x), 32)]


def main():
    model, given, output, tool = sys.argv[1:5]
    x = numpy.fromfile(given, numpy.float32).reshape([int(extent) for extent in sys.argv[5:9]])
    results = with_onnxruntime(model, x, output) if tool == "ort" else with_openvino(model, x, output)
    numpy.concatenate(results).astype(numpy.float32).tofile(output)


if __name__ == "__main__":
    main()
