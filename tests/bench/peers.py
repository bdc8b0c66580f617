"""Times zsq, ONNX Runtime and OpenVINO on the same networks, in turns; see scripts/bench-peers."""
import argparse
import json
import os
import pathlib
import platform
import re
import subprocess
import tempfile
import time

import numpy
import onnxruntime
import openvino
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

from architectures import ARCHITECTURES, write

TURNS, ROUNDS, CALIBRATION = 5, 20, 8
onnxruntime.set_default_logger_severity(3)


def shape_of(model):
    tensor = onnxruntime.InferenceSession(model).get_inputs()[0]
    return tensor.name, [1] + [int(extent) for extent in tensor.shape[1:]]


class Noise(CalibrationDataReader):
    def __init__(self, name, shape):
        random = numpy.random.default_rng(0)
        self.left = [{name: random.standard_normal(shape, numpy.float32)} for _ in range(CALIBRATION)]

    def get_next(self):
        return self.left.pop() if self.left else None


def in_int8(model, folder):
    name, shape = shape_of(model)
    path = os.path.join(folder, pathlib.Path(model).stem + ".int8.onnx")
    quantize_static(model, path, Noise(name, shape), quant_format=QuantFormat.QDQ, per_channel=True,
                    activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8)
    return path


def with_onnxruntime(model, threads):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    session = onnxruntime.InferenceSession(model, options)
    name, shape = shape_of(model)
    pixels = numpy.random.default_rng(1).standard_normal(shape, numpy.float32)
    return lambda: session.run(None, {name: pixels})


def with_openvino(model, threads):
    core = openvino.Core()
    network = core.read_model(model)
    shape = shape_of(model)[1]
    network.reshape(shape)
    compiled = core.compile_model(network, "CPU", {"INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1,
                                                   "PERFORMANCE_HINT": "LATENCY"})
    request = compiled.create_infer_request()
    request.set_input_tensor(openvino.Tensor(
        numpy.random.default_rng(1).standard_normal(shape, numpy.float32)))
    return request.infer


def zsq_ms(plan, threads, path):
    words = [os.environ["ZSQ"], "bench", plan, "--rounds", str(ROUNDS), "--threads", str(threads), "--json", "--quiet"]
    return json.loads(subprocess.check_output(words + (["--cpu-path", path] if path else [])))["min_ms"]


def with_random_weights(name, folder):
    """A float network and a plan of the same layers; what weights are does not change how long they take."""
    model, plan = os.path.join(folder, name + ".onnx"), os.path.join(folder, name + ".zsq")
    write(name, model)
    subprocess.check_output([os.environ["ZSQ"], "bench", "--arch", name, "--weights", "random", "--rounds", "1",
                             "--output", plan, "--quiet"])
    return model, plan


def measure(model, plan, threads, path, isa, folder):
    """The least milliseconds of each, in turns."""
    small = in_int8(model, folder)
    # ONNX Runtime cannot be kept from instructions that the processor has.
    peers = {} if isa else {"ONNX Runtime f32": with_onnxruntime(model, threads),
                            "ONNX Runtime int8": with_onnxruntime(small, threads)}
    for name, file in (("OpenVINO f32", model), ("OpenVINO int8", small)):
        try:
            peers[name] = with_openvino(file, threads)
            peers[name]()
        except RuntimeError:  # it has no kernels for such a processor
            peers.pop(name, None)
    least = dict.fromkeys(["zsq", *peers], float("inf"))
    for run in peers.values():
        run()
    for _ in range(TURNS):
        least["zsq"] = min(least["zsq"], zsq_ms(plan, threads, path))
        for name, run in peers.items():
            for _ in range(ROUNDS):
                begin = time.perf_counter()
                run()
                least[name] = min(least[name], 1e3 * (time.perf_counter() - begin))
    return least


def processor():
    found = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    return found.group(1) if found else platform.processor()


def main():
    parser = argparse.ArgumentParser(prog="bench-peers")
    parser.add_argument("networks", nargs="+", metavar="NAME.onnx=NAME.zsq|ARCHITECTURE")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--cpu-path", default="")
    parser.add_argument("--openvino-isa", default="", metavar="AVX2", help="the most that OpenVINO may use")
    given = parser.parse_args()
    if given.openvino_isa:
        os.environ["ONEDNN_MAX_CPU_ISA"] = given.openvino_isa  # oneDNN reads it when it is first used
    print(f"{processor()}; {given.threads} thread(s), batch 1, least of {TURNS * ROUNDS} runs, ms; "
          f"ONNX Runtime {onnxruntime.__version__}, OpenVINO {openvino.__version__.split('-')[0]}")
    with tempfile.TemporaryDirectory() as folder:
        for pair in given.networks:
            model, plan = with_random_weights(pair, folder) if pair in ARCHITECTURES else pair.split("=")
            least = measure(model, plan, given.threads, given.cpu_path, given.openvino_isa, folder)
            if len(least) == 1:
                print(f"{pathlib.Path(model).stem}: zsq {least['zsq']:.3f}  no peer runs it so", flush=True)
                continue
            fastest = min(ms for name, ms in least.items() if name != "zsq")
            row = "  ".join(f"{name} {ms:.3f}" for name, ms in least.items())
            print(f"{pathlib.Path(model).stem}: {row}  fastest peer / zsq {fastest / least['zsq']:.2f}", flush=True)


if __name__ == "__main__":
    main()
