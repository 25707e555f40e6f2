"""Three layers that the networks share, written so that a training can be repeated bit for bit.

Shape legend: N samples, C channels, H W pixels, p padding.
"""

import torch
from torch import Tensor
from torch.nn.functional import group_norm, max_pool2d, pad


def reflect(x: Tensor, p: int) -> Tensor:
    """Reflection padding by p pixels, equal to F.pad(mode="reflect") in value and gradient.

    (N, C, H, W) -> (N, C, H + 2p, W + 2p); assertion for p >= H or W. On CUDA it is made of slices, because PyTorch's
    own layer has no deterministic backward there and raises under `use_deterministic_algorithms`.
    """
    _, _, H, W = x.shape
    assert p < min(H, W), f"cannot reflect {p} of {H} x {W} pixels"
    if x.is_cuda:
        return reflect_slices(x, p)
    with torch.autocast(x.device.type, enabled=False):  # which would pad in float32, and cast there and back
        return pad(x, (p, p, p, p), mode="reflect")


def reflect_slices(x: Tensor, p: int) -> Tensor:
    """`reflect` from slices, flips and concatenations, deterministic on every device."""
    _, _, H, W = x.shape
    x = torch.cat([x[:, :, 1 : p + 1].flip(2), x, x[:, :, H - p - 1 : H - 1].flip(2)], 2)  # (N, C, H + 2p, W)
    return torch.cat([x[..., 1 : p + 1].flip(3), x, x[..., W - p - 1 : W - 1].flip(3)], 3)  # (N, C, H + 2p, W + 2p)


def max_pool(x: Tensor) -> Tensor:
    """The maximum of each 2 x 2 square, equal to F.max_pool2d(x, 2) in value and gradient.

    (N, C, H, W) -> (N, C, H // 2, W // 2). On CUDA it is made of slices, because PyTorch's own backward adds up there
    in any order.
    """
    return max_pool_slices(x) if x.is_cuda else max_pool2d(x, 2)


def max_pool_slices(x: Tensor) -> Tensor:
    """`max_pool` from slices and comparisons, deterministic on every device."""
    H, W = x.shape[-2] // 2 * 2, x.shape[-1] // 2 * 2  # an odd row or column at the end is left out
    largest = x[..., 0:H:2, 0:W:2]  # (N, C, H // 2, W // 2)
    for top, left in ((0, 1), (1, 0), (1, 1)):
        other = x[..., top:H:2, left:W:2]
        # Of equal values the first gets the gradient, as in PyTorch's; NaN wins, so that it is not lost.
        largest = torch.where((other > largest) | other.isnan(), other, largest)
    return largest


def instance_norm(x: Tensor) -> Tensor:
    """Instance norm without affine parameters (authors' code): each channel of each sample to mean 0, variance 1.

    (N, C, H, W) -> the same; eps 1e-5, biased variance. Written as a group norm with one channel per group, which is
    the same formula and on a CPU the fastest of PyTorch's kernels, also in bf16 (benchmarks/layers.py).
    """
    return group_norm(x, x.shape[1])
