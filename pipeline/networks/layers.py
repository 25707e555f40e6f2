"""Three layers that the networks share, written so that a training can be repeated bit for bit.

Shape legend: N samples, C channels, H W pixels, p padding.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.functional import batch_norm, conv2d, conv_transpose2d, max_pool2d, pad, pixel_shuffle


def arranged(x: Tensor) -> Tensor:
    """The same pictures in the layout that every layer after it keeps: on a CPU channels last.

    There strided convolutions, reflection padding and their gradients take half the time or less of the other layout's.
    """
    return x if x.is_cuda else x.contiguous(memory_format=torch.channels_last)


def reflect(x: Tensor, p: int) -> Tensor:
    """Reflection padding by p pixels, equal to F.pad(mode="reflect") in value and gradient.

    (N, C, H, W) -> (N, C, H + 2p, W + 2p); assertion for p >= H or W. On CUDA the backward is made of slices, because
    PyTorch's own adds up there in any order and raises under `use_deterministic_algorithms`.
    """
    _, _, H, W = x.shape
    assert p < min(H, W), f"cannot reflect {p} of {H} x {W} pixels"
    return reflect_slices(x, p) if x.is_cuda else _pad(x, p)


def reflect_slices(x: Tensor, p: int) -> Tensor:
    """`reflect` with a backward that is deterministic on every device."""
    padded: Tensor = _Reflect.apply(x, p)
    return padded


def _pad(x: Tensor, p: int) -> Tensor:
    with torch.autocast(x.device.type, enabled=False):  # which would pad in float32, and cast there and back
        return pad(x, (p, p, p, p), mode="reflect")


class _Reflect(torch.autograd.Function):
    """The gradient of a pixel is the sum of those of its copies: the padding is folded back, side by side."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, p: int) -> Tensor:
        ctx.p = p
        return _pad(x, p)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        return _fold(_fold(gradient, ctx.p, 3), ctx.p, 2), None


def _fold(gradient: Tensor, p: int, axis: int) -> Tensor:
    """Add what lies p pixels beyond both ends of an axis to the pixels that it is a reflection of."""
    n = gradient.shape[axis] - 2 * p
    inner = gradient.narrow(axis, p, n).clone()
    inner.narrow(axis, 1, p).add_(gradient.narrow(axis, 0, p).flip(axis))
    inner.narrow(axis, n - 1 - p, p).add_(gradient.narrow(axis, n + p, p).flip(axis))
    return inner


def max_pool(x: Tensor) -> Tensor:
    """The maximum of each 2 x 2 square, equal to F.max_pool2d(x, 2) in value and gradient.

    (N, C, H, W) -> (N, C, H // 2, W // 2). On CUDA the backward is made of slices, because PyTorch's own adds up there
    in any order.
    """
    return max_pool_slices(x) if x.is_cuda else max_pool2d(x, 2)


def max_pool_slices(x: Tensor) -> Tensor:
    """`max_pool` with a backward that is deterministic on every device."""
    largest: Tensor = _MaxPool.apply(x)
    return largest


class _MaxPool(torch.autograd.Function):
    """Squares do not overlap, so the gradient of each of their four pixels is the square's or nothing."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        largest, places = max_pool2d(x, 2, return_indices=True)  # a place is y W + x
        ctx.save_for_backward(places)
        ctx.shape = x.shape
        return largest

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        (places,) = ctx.saved_tensors
        H, W = ctx.shape[2:]
        pixel = (places // W % 2 * 2 + places % W % 2).to(torch.uint8)  # which of the square's four
        channels_last = gradient.is_contiguous(memory_format=torch.channels_last)
        layout = torch.channels_last if channels_last else torch.contiguous_format
        spread = torch.zeros(ctx.shape, dtype=gradient.dtype, device=gradient.device).contiguous(memory_format=layout)
        zero = gradient.new_zeros(())
        for number in range(4):
            here = spread[..., number // 2 : H // 2 * 2 : 2, number % 2 : W // 2 * 2 : 2]
            here.copy_(torch.where(pixel == number, gradient, zero))
        return spread


def instance_norm(x: Tensor) -> Tensor:
    """Instance norm without affine parameters (authors' code): each channel of each sample to mean 0, variance 1.

    (N, C, H, W) -> the same; eps 1e-5, biased variance. On a CPU a batch norm of each sample by itself, which is the
    same formula: for channels last none of PyTorch's other kernels is fast both forward and backward
    (benchmarks/layers.py). On CUDA, autocast makes a group norm's picture float32, twice the bytes, and without
    autocast its mean is rounded to bf16; PyTorch's instance norm does neither.
    """
    if x.is_cuda:
        return functional.instance_norm(x)
    C = x.shape[1]
    # With a weight in float32, mean and deviation of bf16 pictures are float32, too.
    weight = torch.ones(C, dtype=torch.promote_types(x.dtype, torch.float32), device=x.device)
    bias = torch.zeros_like(weight)
    return torch.cat([batch_norm(sample, None, None, weight, bias, training=True) for sample in x.split(1)])


def upsample(conv: nn.ConvTranspose2d, x: Tensor) -> Tensor:
    """conv(x) for a kernel of 3 x 3 and stride 2, its bias added by itself: (N, C, H, W) -> (N, C', 2H, 2W).

    On a CPU the bias's gradient inside a transposed convolution takes as long as the convolution.
    """
    if x.is_cuda:
        up: Tensor = conv(x)
        return up
    assert conv.bias is not None
    up = conv_transpose2d(x, conv.weight, None, stride=2, padding=1, output_padding=1)
    return up + conv.bias.to(up.dtype)[:, None, None]


def to_few_channels(conv: nn.Conv2d, x: Tensor) -> Tensor:
    """conv(x) for a convolution to 3 channels, H and W of its output even: (N, C, H + 6, W + 6) -> (N, 3, H, W).

    A processor computes 16 channels of an output at a time, so 3 take as long as 16. Here the four pixels of each
    2 x 2 square are 12 channels of a convolution with stride 2, whose kernel is the given one at four places.
    """
    if x.is_cuda:
        few: Tensor = conv(x)
        return few
    assert conv.bias is not None
    places = [pad(conv.weight, (right, 1 - right, down, 1 - down)) for down in (0, 1) for right in (0, 1)]
    weight = torch.stack(places, 1).flatten(0, 1)  # (3 * 4, C, 8, 8)
    return pixel_shuffle(conv2d(x, weight, conv.bias.repeat_interleave(4), stride=2), 2)
