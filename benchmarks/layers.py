"""The layers' kernels against their alternatives on this machine, as ratios of one run: `python -m benchmarks.layers`.

Says why the instance norm is a batch norm of each sample (pipeline/networks/layers.py) and why VGG16 is computed
channels last (pipeline/networks/vgg16.py). Forward and backward in bf16, at the sizes of scale small.
"""

import time
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import conv2d, group_norm, instance_norm, max_pool2d

from pipeline.networks import layers


def formula(x: Tensor) -> Tensor:
    """Instance norm as it is written."""
    centred = x - x.mean((2, 3), keepdim=True)
    return centred * (centred.square().mean((2, 3), keepdim=True) + 1e-5).rsqrt()


def seconds(function: Callable[[Tensor], Tensor], x: Tensor) -> float:
    """The fastest of five rounds of twenty passes forward and backward."""
    rounds = []
    for _ in range(6):  # the first round warms up
        began = time.perf_counter()
        for _ in range(20):
            leaf = x.detach().requires_grad_()
            out = function(leaf)
            out.backward(x if out.shape == x.shape else torch.ones_like(out))
        rounds.append(time.perf_counter() - began)
    return min(rounds[1:]) / 20


def main() -> None:
    """Print the table."""
    others = {
        "PyTorch's instance norm": instance_norm,
        "a group norm": lambda x: group_norm(x, x.shape[1]),
        "the formula": formula,
    }
    x = torch.randn(8, 16, 64, 64).bfloat16().contiguous(memory_format=torch.channels_last)
    base = seconds(layers.instance_norm, x)
    for name, function in others.items():
        print(f"instance norm, 8 x 16 x 64 x 64: {name} takes {seconds(function, x) / base:.1f} times ours")

    for channels, side in ((64, 64), (256, 16)):
        times = {}
        for layout in (torch.channels_last, torch.contiguous_format):
            x = torch.randn(4, channels, side, side).bfloat16().contiguous(memory_format=layout)
            w = torch.randn(channels, channels, 3, 3).bfloat16().contiguous(memory_format=layout)

            def block(x: Tensor, w: Tensor = w) -> Tensor:
                return max_pool2d(torch.relu_(conv2d(x, w, padding=1)), 2)

            times[layout] = seconds(block, x)
        ratio = times[torch.contiguous_format] / times[torch.channels_last]
        print(
            f"convolution, ReLU, pool, 4 x {channels} x {side} x {side}: other layout {ratio:.1f} times channels last"
        )


if __name__ == "__main__":
    main()
