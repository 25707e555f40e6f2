"""One training step of Model 1, the plain baseline against ours, in one run: `python -m benchmarks.step`.

Plain is benchmarks/plain.py; ours is the pipeline's own step, in fp32 and in bf16. The three take turns, so that a busy
machine slows all of them; the table has medians. VGG16's weights are random: times do not depend on them.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import replace

import torch
from torch import Tensor

from benchmarks import plain
from benchmarks.gpu import build, settings
from pipeline.core import precision, seeds
from pipeline.sgn.model import simplex
from pipeline.training import loop

STYLE_SIZE = 256


class Constant:
    """A domain of which every batch is the same pictures."""

    def __init__(self, pictures: Tensor) -> None:
        self.pictures = pictures

    def batch(self, step: int, size: int) -> Tensor:
        return self.pictures


def first_release(width: int, blocks: int, x: Tensor, y: Tensor) -> Callable[[int], object]:
    """The plain step, to be called with the step's number."""
    step = plain.build(width, blocks, x.device, STYLE_SIZE)

    def draw(number: int) -> Tensor:
        return torch.from_numpy(simplex.dirichlet(0.5, 3, len(x), seeds.numpy_generator(0, "S", number)))

    return lambda number: step(x, y, draw(number))


def ours(width: int, blocks: int, x: Tensor, y: Tensor, number_format: str) -> Callable[[int], object]:
    """The pipeline's step in `fp32` or `bf16`, to be called with the step's number."""
    sizes = replace(settings.sizes(x.device), width=width, blocks=blocks, style_size=STYLE_SIZE)
    model, weights = settings.model("model1"), settings.random_vgg16()
    method = build.method(model, sizes, weights, x.device, dtype=precision.dtype(number_format))
    sources = dict(zip(method.sources, (Constant(x), Constant(y)), strict=True))
    optimizers = loop.optimizers_of(method)

    def step(number: int) -> None:
        loop.play(method, loop.inputs(method, sources, number, len(x)), optimizers, number_format, x.device)

    return step


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=128, help="pixels of a picture's side")
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--width", type=int, default=64, help="the paper's is 64")
    parser.add_argument("--blocks", type=int, default=9, help="the paper's are 9")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=7, help="steps of each that are timed, after two that are not")
    a = parser.parse_args()
    torch.manual_seed(0)
    precision.deterministic(torch.device("cpu"), a.threads)
    x, y = torch.rand(2, a.batch, 3, a.size, a.size) * 2 - 1
    steps = {
        "plain": first_release(a.width, a.blocks, x, y),
        "ours, fp32": ours(a.width, a.blocks, x, y, "fp32"),
        "ours, bf16": ours(a.width, a.blocks, x, y, "bf16"),
    }
    seconds: dict[str, list[float]] = {name: [] for name in steps}
    for number in range(2 + a.repeats):
        for name, step in steps.items():
            began = time.perf_counter()
            step(number)
            if number >= 2:
                seconds[name].append(time.perf_counter() - began)

    print(
        f"{a.batch} pictures of {a.size} px, width {a.width}, {a.blocks} blocks, {a.threads} threads, {a.repeats} turns"
    )
    print("| step | median ms | fastest | plain takes |\n|---|---|---|---|")
    plains = seconds["plain"]
    for name, times in seconds.items():
        # The ratio of each turn, not of the medians: what slows a turn slows both of its sides.
        ratio = statistics.median(p / f for p, f in zip(plains, times, strict=True))
        print(f"| {name} | {1e3 * statistics.median(times):.0f} | {1e3 * min(times):.0f} | {ratio:.2f} times |")


if __name__ == "__main__":
    main()
