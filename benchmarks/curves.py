"""What a training step costs against size, width, batch and number of objectives, and the hours of the whole paper from
measured steps: `python -m benchmarks.curves [--paper] [--threads 2] [--device cpu]`.

Every setting is a process of its own, so that its memory is its own. VGG16's weights are random: times do not depend on
them. The tables of docs/performance.md.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from benchmarks.gpu import build, settings, timing
from pipeline.core import precision, yaml12
from pipeline.sgn.model.objectives import LETTERS
from pipeline.training import loop

# The setting around which one thing at a time is varied.
BASE = {"run": "model1", "crop": 128, "width": 64, "blocks": 9, "batch": 4}
VARIED: dict[str, list[Any]] = {
    "crop": [64, 128, 256],
    "width": [16, 32, 64],
    "batch": [1, 2, 4, 8],
    # One, two and three objectives: hyper-parameter models compute those that have a weight.
    "run": ["model1-w100", "model1-w110", "model1", "model3", "singlegan"],
}
PAPER = {"crop": 256, "width": 64, "blocks": 9, "batch": 4}


def main() -> None:
    """Print the tables, or with --one a setting's numbers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3, help="steps that are timed, after one that is not")
    parser.add_argument("--paper", action="store_true", help="the hours of the whole paper instead")
    parser.add_argument("--one", type=json.loads, help=argparse.SUPPRESS)
    a = parser.parse_args()
    if a.one:
        print(json.dumps(one(a.one, torch.device(a.device), a.threads, a.repeats)))
        return
    common = ["--device", a.device, "--threads", str(a.threads), "--repeats", str(a.repeats)]
    if a.paper:
        hours(common)
        return
    print(
        f"Base: {BASE}; {a.device}, {a.threads} threads\n\n| varied | | s a step | GiB |\n|---|---|---|---|", flush=True
    )
    for name, values in VARIED.items():
        for value in values:
            measured = ask({**BASE, name: value}, common)
            print(f"| {name} | {value} | {measured['seconds']:.3f} | {measured['gib']:.2f} |", flush=True)


def hours(common: list[str]) -> None:
    """A row for each of the paper's runs, at the paper's sizes, with its published steps."""
    params = yaml12.read(settings.PARAMS)
    sources = json.loads(Path("data/sources/cyclegan.json").read_text(encoding="utf-8"))["data_sets"]
    known: dict[str, dict[str, float]] = {}
    total = 0.0
    print("| run | steps | s a step | hours | GiB |\n|---|---|---|---|---|", flush=True)
    for key, run in params["runs"].items():
        about = [run[letter] for letter in LETTERS if run[letter]["loss"] != "none"]
        domains = [params["domains"][o["about"]] for o in about if o["loss"] != "perceptual"]
        pictures = [sources[d["dataset"]]["counts"][f"train{d['side']}"] for d in domains]
        steps = loop.steps_of(run["epochs"], pictures, PAPER["batch"])
        # Runs that differ only in the pictures that they are about take the same step.
        weights = None if run.get("S") is None else [s > 0 for s in run["S"]]
        kind = json.dumps([run["method"], run["conditioning"], [o["loss"] for o in about], weights])
        if kind not in known:
            known[kind] = ask({"run": key, **PAPER}, common)
        seconds, gib = known[kind]["seconds"], known[kind]["gib"]
        total += steps * seconds / 3600
        print(f"| {key} | {steps:,} | {seconds:.3g} | {steps * seconds / 3600:.3g} | {gib:.1f} |", flush=True)
    print(f"| all | | | {total:.3g} | |")


def ask(setting: dict[str, Any], common: list[str]) -> dict[str, float]:
    """A setting's numbers, from a process of its own."""
    command = [sys.executable, "-m", "benchmarks.curves", "--one", json.dumps(setting), *common]
    answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    numbers: dict[str, float] = json.loads(answer.splitlines()[-1])
    return numbers


def one(setting: dict[str, Any], device: torch.device, threads: int, repeats: int) -> dict[str, float]:
    """Median seconds of a step, and the peak of memory: PyTorch's on a GPU, the whole process's on a CPU."""
    precision.deterministic(device, threads)
    sizes = replace(
        settings.sizes(device), **{name: setting[name] for name in ("crop", "width", "blocks", "batch")}, style_size=256
    )
    number_format = build.number_format(device)
    weights = settings.random_vgg16()
    dtype = precision.dtype(number_format)
    method = build.method(settings.model(setting["run"]), sizes, weights, device, dtype=dtype)
    for module in method.modules.values():
        module.to(device)
    optimizers = loop.optimizers_of(method)
    sources = {name: build.Noise(name, sizes.crop) for name in method.sources}
    batch = {name: value.to(device) for name, value in loop.inputs(method, sources, 0, sizes.batch).items()}
    timing.forget_peak(device)

    def step() -> None:
        loop.play(method, batch, optimizers, number_format, device)

    seconds = timing.median(step, device, repeats, warm_up=1)
    peak = timing.peak_gib(device)
    if peak is None:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # KiB
    return {"seconds": seconds, "gib": peak}


if __name__ == "__main__":
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    main()
