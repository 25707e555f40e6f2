"""The machine: card, driver, versions, clocks, and what it reaches at best.

The two peaks that everything else is a share of: bf16 products (a large one, and the generator's 3 x 3 convolution),
and bytes of memory read and written.
"""

import os
import platform
import subprocess
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn.functional import conv2d

from benchmarks.gpu import timing
from benchmarks.gpu.report import Report

PACKAGES = (
    "torch",
    "torchvision",
    "triton",
    "numpy",
    "pillow",
    "safetensors",
    "matplotlib",
    "dvc",
    "dvclive",
    "pydantic",
)
SMI = (
    *("name", "driver_version", "clocks.sm", "clocks.mem", "clocks.max.sm", "clocks.max.mem"),
    *("power.draw", "power.limit", "temperature.gpu", "utilization.gpu", "memory.used"),
)


def part(report: Report, device: torch.device) -> None:
    """What the machine is, then what it reaches."""
    report.add(
        device=str(device),
        processor=_processor(),
        cores=len(os.sched_getaffinity(0)),
        python=sys.version.split()[0],
        system=platform.platform(),
        packages={name: _version(name) for name in PACKAGES},
        commit=_output("git", "rev-parse", "HEAD"),
        cuda=torch.version.cuda,
        cudnn=torch.backends.cudnn.version(),
    )
    if device.type == "cuda":
        p = torch.cuda.get_device_properties(device)
        report.add(
            card={
                "name": p.name,
                "memory_gib": p.total_memory / 2**30,
                "multiprocessors": p.multi_processor_count,
                "capability": f"{p.major}.{p.minor}",
                "l2_mib": getattr(p, "L2_cache_size", 0) / 2**20,
            },
            idle=_smi(),
        )
    large = device.type == "cuda"
    report.add(matrix=_matrix(8192 if large else 256, device))
    report.add(convolution=_convolution(8 if large else 2, 256 if large else 16, 64 if large else 16, device))
    report.add(memory=_memory(2**30 if large else 2**22, device))
    if device.type == "cuda":
        report.add(working=_while_working(device))


def _matrix(n: int, device: torch.device) -> dict[str, Any]:
    """The n x n x n product in bf16, of random numbers: zeros would be faster than any real data."""
    a, b = torch.randn(2, n, n, device=device, dtype=torch.bfloat16)
    took = timing.median(lambda: a @ b, device)
    return {"what": f"bf16 product, {n} x {n} x {n}", "milliseconds": took * 1e3, "tflops": 2 * n**3 / took / 1e12}


def _convolution(N: int, C: int, side: int, device: torch.device) -> dict[str, Any]:
    """The residual blocks' convolution: N pictures (batch 4 and 4 of the identity term), C channels, padded by 1."""
    peak: dict[str, Any] = {"what": f"bf16 3 x 3 convolution, {N} x {C} x {side} x {side}"}
    flop = 2 * N * C * C * 9 * side * side
    for name, layout in (("contiguous", torch.contiguous_format), ("channels_last", torch.channels_last)):
        x = torch.randn(N, C, side + 2, side + 2, device=device, dtype=torch.bfloat16).to(memory_format=layout)
        w = torch.randn(C, C, 3, 3, device=device, dtype=torch.bfloat16).to(memory_format=layout)
        forward = timing.median(lambda x=x, w=w: conv2d(x, w), device)  # type: ignore[misc]
        both = timing.median(_forward_and_backward(x, w), device)
        peak[name] = {
            "forward_tflops": flop / forward / 1e12,
            "forward_and_backward_tflops": 3 * flop / both / 1e12,
            "milliseconds": both * 1e3,
        }
    return peak


def _forward_and_backward(x: torch.Tensor, w: torch.Tensor) -> Callable[[], object]:
    x, w = x.detach().requires_grad_(), w.detach().requires_grad_()
    gradient = torch.randn_like(conv2d(x, w))
    return lambda: torch.autograd.grad(conv2d(x, w), (x, w), gradient)


def _memory(count: int, device: torch.device) -> dict[str, Any]:
    """A copy of `count` bytes; read and written bytes both count."""
    source = torch.randint(0, 255, (count,), device=device, dtype=torch.uint8)
    target = torch.empty_like(source)
    took = timing.median(lambda: target.copy_(source), device)
    return {"what": f"copy of {count / 2**20:g} MiB, read and written", "gb_per_second": 2 * count / took / 1e9}


def _while_working(device: torch.device) -> dict[str, str]:
    """The clocks under load: asked while some seconds of products wait in the GPU's queue."""
    a = torch.randn(8192, 8192, device=device, dtype=torch.bfloat16)
    for _ in range(1500):
        torch.mm(a, a)
    card = _smi()
    timing.synchronize(device)
    return card


def _smi() -> dict[str, str]:
    answer = _output("nvidia-smi", f"--query-gpu={','.join(SMI)}", "--format=csv,noheader", "--id=0")
    return dict(zip(SMI, (value.strip() for value in answer.split(",")), strict=False)) if answer else {}


def _output(*command: str) -> str | None:
    """What a program says; None where it is missing or fails."""
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=10, cwd=Path(__file__).parent)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return run.stdout.strip() if run.returncode == 0 else None


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.processor())


def _version(package: str) -> str | None:
    if package == "numpy":
        return np.__version__
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
