"""torch_times.py REPORT [--rehearse]: puts PyTorch beside zsq in a report of gpu_check.

ResNet-50 and MobileNetV2 of torchvision on the GPU: bf16, channels last, one CUDA graph a batch size, timed by CUDA events as
gpu_check times zsq. REPORT gets "pytorch_us" and "times_faster" in each batch, and "pytorch", the version. Nothing is changed,
with a reason on stderr, where PyTorch with CUDA or torchvision is missing. --rehearse: made-up times, without PyTorch.
"""
import json
import statistics
import sys

RUNS, TOGETHER = 30, 10


def missing():
    """Why PyTorch cannot be timed here, or nothing."""
    try:
        import torch
        import torchvision  # noqa: F401
    except ImportError as error:
        return str(error)
    return "" if torch.cuda.is_available() else "this PyTorch has no CUDA"


def seconds_of(network, batch):
    """The median of some runs of a captured graph."""
    import torch
    import torchvision

    model = getattr(torchvision.models, network)(weights=None).eval().cuda()
    model = model.to(torch.bfloat16, memory_format=torch.channels_last)
    images = torch.rand(batch, 3, 224, 224, device="cuda", dtype=torch.bfloat16)
    images = images.to(memory_format=torch.channels_last)
    graph = torch.cuda.CUDAGraph()
    with torch.inference_mode():
        beside = torch.cuda.Stream()  # what is captured must have run on another stream before
        beside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(beside):
            for _ in range(3):
                model(images)
        torch.cuda.current_stream().wait_stream(beside)
        with torch.cuda.graph(graph):
            model(images)
    seconds = []
    for _ in range(RUNS):
        start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        start.record()
        for _ in range(TOGETHER):
            graph.replay()
        end.record()
        end.synchronize()
        seconds.append(start.elapsed_time(end) / 1e3 / TOGETHER)
    return statistics.median(seconds)


def version():
    import torch

    return torch.__version__


def compare(report, time_of, name):
    """The report with PyTorch beside zsq."""
    for network in report["networks"]:
        for batch in network["batches"]:
            batch["pytorch_us"] = 1e6 * time_of(network["network"], batch["batch"])
            batch["times_faster"] = batch["pytorch_us"] / batch["median_us"]
            print(f"{network['network']}, batch {batch['batch']}: {batch['times_faster']:.2f} times as fast as PyTorch",
                  file=sys.stderr)
    return {**report, "pytorch": name}


def main(path, rehearses):
    why_not = "" if rehearses else missing()
    if why_not:
        print(f"torch_times: not compared with PyTorch: {why_not}", file=sys.stderr)
        return
    with open(path, encoding="utf-8") as file:
        report = json.load(file)
    report = compare(report, (lambda _, batch: 1e-3 * batch) if rehearses else seconds_of,
                     "rehearsed: made-up times" if rehearses else version())
    with open(path, "w", encoding="utf-8") as file:
        json.dump(report, file, indent=2)


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if word != "--rehearse"]
    if len(words) != 1:
        sys.exit("usage: torch_times.py REPORT [--rehearse]")
    main(words[0], "--rehearse" in sys.argv)
