"""Reflection padding, pooling and instance norm against PyTorch's own and against their formulas."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from pipeline.networks.layers import (
    instance_norm,
    max_pool,
    max_pool_slices,
    reflect,
    reflect_slices,
    to_few_channels,
    upsample,
)


@pytest.mark.parametrize(("p", "H", "W"), [(1, 2, 5), (1, 9, 4), (3, 4, 4), (3, 11, 6)])
def test_reflect_is_pads_value_and_gradient(p: int, H: int, W: int) -> None:
    x = torch.randn(2, 3, H, W, dtype=torch.float64, requires_grad=True)
    ours, theirs = reflect_slices(x, p), functional.pad(x, (p, p, p, p), mode="reflect")
    assert torch.equal(ours, theirs)
    pull = torch.randn_like(ours)
    torch.testing.assert_close(
        torch.autograd.grad(ours, x, pull)[0], torch.autograd.grad(theirs, x, pull)[0], rtol=0, atol=1e-14
    )


def test_reflect_refuses_what_it_cannot_reflect() -> None:
    with pytest.raises(AssertionError, match="cannot reflect 3 of 3 x 8 pixels"):
        reflect(torch.zeros(1, 1, 3, 8), 3)


def pooled(layer: Callable[[Tensor], Tensor], x: Tensor) -> tuple[Tensor, Tensor]:
    """Values and gradient of a pooling layer, each output pulling with a number of its own."""
    leaf = x.detach().clone(memory_format=torch.preserve_format).requires_grad_()
    out = layer(leaf)
    pull = torch.arange(1.0, 1 + out.numel(), dtype=out.dtype).view(out.shape)
    return out.detach(), torch.autograd.grad(out, leaf, pull)[0]


def same_bits(a: Tensor, b: Tensor) -> bool:
    """Equal, NaN where the other is NaN, and zeros of the same sign."""
    kept = torch.equal(a.isnan(), b.isnan()) and torch.equal(a.nan_to_num(), b.nan_to_num())
    return kept and torch.equal(a.nan_to_num().signbit(), b.nan_to_num().signbit())


def with_nan() -> Tensor:
    """Every way in which NaN can lie in a square: each of the 16 patterns, twice, beside random numbers."""
    x = torch.randn(2, 16, 2, 2)
    for pattern in range(16):
        for place in range(4):
            if pattern >> place & 1:
                x[:, pattern, place // 2, place % 2] = torch.nan
    return x


POOLED = {
    "random": lambda: torch.randn(2, 3, 8, 6),
    "float64": lambda: torch.randn(2, 3, 8, 6, dtype=torch.float64),
    "ties": lambda: torch.randint(0, 3, (2, 16, 8, 6)).float(),
    "all equal": lambda: torch.zeros(1, 2, 4, 4),
    "zeros of both signs": lambda: torch.randint(0, 2, (2, 16, 8, 6)).float() * 0.0 * torch.randn(2, 16, 8, 6),
    "odd sizes": lambda: torch.randn(2, 3, 7, 5),
    "one row too many": lambda: torch.randn(2, 3, 9, 4),
    "nan": with_nan,
    "infinite": lambda: torch.randn(2, 3, 8, 6).sign() * torch.inf,
    "channels last": lambda: torch.randn(2, 5, 8, 6).contiguous(memory_format=torch.channels_last),
    "bf16": lambda: torch.randint(-2, 3, (2, 5, 8, 6)).bfloat16(),
}


@pytest.mark.parametrize("picture", POOLED)
@pytest.mark.parametrize("layer", [max_pool, max_pool_slices])
def test_max_pool_is_pytorchs_in_value_and_gradient_to_the_bit(layer: Callable[[Tensor], Tensor], picture: str) -> None:
    x = POOLED[picture]()
    for ours, theirs in zip(pooled(layer, x), pooled(lambda x: functional.max_pool2d(x, 2), x), strict=True):
        assert ours.dtype == theirs.dtype == x.dtype
        assert same_bits(ours, theirs)


def test_of_equal_values_the_first_gets_the_gradient() -> None:
    _, gradient = pooled(max_pool_slices, torch.zeros(1, 1, 2, 4))
    assert gradient[0, 0].tolist() == [[1, 0, 2, 0], [0, 0, 0, 0]]


@pytest.mark.parametrize("layer", [lambda x: reflect_slices(x, 3), max_pool_slices])
def test_slices_give_the_same_gradient_to_the_bit_every_time(layer: Callable[[Tensor], Tensor]) -> None:
    x = torch.randn(2, 8, 17, 18, requires_grad=True)
    x.data[0] = x.data[0].round()  # with ties
    pull = torch.randn_like(layer(x))
    first, again = (torch.autograd.grad(layer(x), x, pull)[0] for _ in range(2))
    assert first.abs().max() > 0
    assert torch.equal(first, again)


def test_instance_norm_is_its_formula() -> None:
    x = 3 * torch.randn(2, 5, 7, 4, dtype=torch.float64) + 10
    mean = x.mean((2, 3), keepdim=True)
    variance = (x - mean).square().mean((2, 3), keepdim=True)
    torch.testing.assert_close(instance_norm(x), (x - mean) / (variance + 1e-5).sqrt(), rtol=0, atol=1e-12)


def test_instance_norm_is_pytorchs_in_value_and_gradient() -> None:
    x = torch.randn(3, 6, 8, 5, requires_grad=True)
    ours, theirs = instance_norm(x), functional.instance_norm(x)
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-5)
    pull = torch.randn_like(ours)
    torch.testing.assert_close(
        torch.autograd.grad(ours, x, pull)[0], torch.autograd.grad(theirs, x, pull)[0], rtol=1e-4, atol=1e-5
    )


def test_instance_norm_of_a_flat_channel_is_zero_and_finite() -> None:
    assert instance_norm(torch.full((1, 2, 4, 4), 0.3)).abs().max() < 1e-3


def test_instance_norm_in_bf16_is_as_close_as_bf16_can_be() -> None:
    x = torch.randn(2, 4, 16, 16)
    exact = instance_norm(x.bfloat16().float())
    torch.testing.assert_close(instance_norm(x.bfloat16()).float(), exact, rtol=0.01, atol=0.01)


CONVOLUTIONS = {
    "upsample": (upsample, lambda: nn.ConvTranspose2d(4, 3, 3, stride=2, padding=1, output_padding=1)),
    "to_few_channels": (to_few_channels, lambda: nn.Conv2d(4, 3, 7)),
}


@pytest.mark.parametrize("name", CONVOLUTIONS)
@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_rewritten_convolutions_are_their_modules_in_value_and_gradient(name: str, layout: torch.memory_format) -> None:
    function, module = CONVOLUTIONS[name]
    conv = module().double()
    x = torch.randn(2, 4, 14, 18, dtype=torch.float64).contiguous(memory_format=layout).requires_grad_()
    inputs = (x, conv.weight, conv.bias)
    ours, theirs = function(conv, x), conv(x)
    torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-12)
    pull = torch.randn_like(ours)
    for a, b in zip(torch.autograd.grad(ours, inputs, pull), torch.autograd.grad(theirs, inputs, pull), strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=1e-12)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_instance_norm_keeps_type_layout_and_bits(dtype: torch.dtype, layout: torch.memory_format) -> None:
    x = torch.randn(3, 4, 8, 8).to(dtype).contiguous(memory_format=layout).requires_grad_()
    pull = torch.randn_like(x)
    (first, dx), (again, dx_again) = (
        (y, torch.autograd.grad(y, x, pull)[0]) for y in (instance_norm(x), instance_norm(x))
    )
    for value in (first, dx):
        assert value.dtype == dtype
        assert value.is_contiguous(memory_format=layout)
    assert torch.equal(first, again)
    assert torch.equal(dx, dx_again)
