"""Times ResNet-50 and MobileNetV2 of torchvision on a GPU: bf16, channels last, one CUDA graph a batch size.

Prints one JSON object a line; nothing, with a reason on stderr, where PyTorch with CUDA or torchvision is missing.
"""
import json
import statistics
import sys
import time

try:
    import torch
    import torchvision
except ImportError as error:
    sys.exit(f"torch_times: not compared with PyTorch: {error}")
if not torch.cuda.is_available():
    sys.exit("torch_times: not compared with PyTorch: this one has no CUDA")

RUNS, TOGETHER = 30, 10
for name in ("resnet50", "mobilenet_v2"):
    model = getattr(torchvision.models, name)(weights=None).eval().cuda().to(torch.bfloat16, memory_format=torch.channels_last)
    for batch in (1, 8, 32, 256):
        images = torch.rand(batch, 3, 224, 224, device="cuda", dtype=torch.bfloat16).to(memory_format=torch.channels_last)
        with torch.inference_mode():
            for _ in range(3):
                model(images)
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph):
                model(images)
        seconds = []
        for _ in range(RUNS):
            torch.cuda.synchronize()
            start = time.perf_counter()
            for _ in range(TOGETHER):
                graph.replay()
            torch.cuda.synchronize()
            seconds.append((time.perf_counter() - start) / TOGETHER)
        median = statistics.median(seconds)
        print(json.dumps({"network": name, "batch": batch, "median_us": 1e6 * median, "images_per_second": batch / median}))
