"""Reflection padding and instance norm against PyTorch's own and against their formulas."""

import pytest
import torch
from torch.nn import functional

from pipeline.networks.layers import instance_norm, reflect, reflect_slices


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
