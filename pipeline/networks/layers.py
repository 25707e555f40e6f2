"""Three layers that the networks share, written so that a training can be repeated bit for bit.

Shape legend: N samples, C channels, H W pixels, p padding.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import batch_norm, conv2d, conv_transpose2d, group_norm, max_pool2d, pad, pixel_shuffle


def arranged(x: Tensor) -> Tensor:
    """The same pictures in the layout that every layer after it keeps: on a CPU channels last.

    There strided convolutions, reflection padding and their gradients take half the time or less of the other layout's.
    """
    return x if x.is_cuda else x.contiguous(memory_format=torch.channels_last)


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

    (N, C, H, W) -> the same; eps 1e-5, biased variance. On a CPU a batch norm of each sample by itself, which is the
    same formula: for channels last none of PyTorch's other kernels is fast both forward and backward
    (benchmarks/layers.py). On CUDA a group norm with one channel per group.
    """
    C = x.shape[1]
    if x.is_cuda:
        return group_norm(x, C)
    # With a weight in float32, mean and deviation of bf16 pictures are float32, too.
    weight = torch.ones(C, dtype=torch.promote_types(x.dtype, torch.float32), device=x.device)
    bias = torch.zeros_like(weight)
    return torch.cat([batch_norm(sample, None, None, weight, bias, training=True) for sample in x.split(1)])


def upsample(conv: nn.ConvTranspose2d, x: Tensor) -> Tensor:
    """conv(x) for a kernel of 3 x 3 and stride 2, its bias added by itself: (N, C, H, W) -> (N, C', 2H, 2W).

    On a CPU the bias's gradient inside a transposed convolution takes as long as the convolution.
    """
    assert conv.bias is not None
    up = conv_transpose2d(x, conv.weight, None, stride=2, padding=1, output_padding=1)
    return up + conv.bias.to(up.dtype)[:, None, None]


def to_few_channels(conv: nn.Conv2d, x: Tensor) -> Tensor:
    """conv(x) for a convolution to 3 channels, H and W of its output even: (N, C, H + 6, W + 6) -> (N, 3, H, W).

    A processor computes 16 channels of an output at a time, so 3 take as long as 16. Here the four pixels of each
    2 x 2 square are 12 channels of a convolution with stride 2, whose kernel is the given one at four places.
    """
    assert conv.bias is not None
    places = [pad(conv.weight, (right, 1 - right, down, 1 - down)) for down in (0, 1) for right in (0, 1)]
    weight = torch.stack(places, 1).flatten(0, 1)  # (3 * 4, C, 8, 8)
    return pixel_shuffle(conv2d(x, weight, conv.bias.repeat_interleave(4), stride=2), 2)
