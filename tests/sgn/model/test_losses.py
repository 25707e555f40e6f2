"""What SGN's losses keep and leave alone; their formulas are compared in tests/equivalence/test_losses.py."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

from pipeline.networks.vgg16 import VGG16
from pipeline.sgn.model import losses

N = 3


def pictures(seed: int, size: int = 16, count: int = N) -> Tensor:
    return torch.rand(count, 3, size, size, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def per_sample(rule: Callable[..., float], *arguments: Tensor) -> np.ndarray:
    """A rule about one sample, asked for each in turn, in float64."""
    return np.array([rule(*(a[i].detach().double().numpy() for a in arguments)) for i in range(len(arguments[0]))])


def test_both_parts_of_perceptual_are_zero_where_they_should_be(vgg_weights: dict[str, Tensor]) -> None:
    x = pictures(1, count=1)
    assert losses.Perceptual(VGG16(vgg_weights), x, 200.0)(x, x) < 1e-9
    content_alone = losses.Perceptual(VGG16(vgg_weights), x, 200.0)(x, pictures(2, count=1))
    style_alone = losses.Perceptual(VGG16(vgg_weights), pictures(2, count=1), 200.0)(x, x)
    assert content_alone > 1e-5
    assert style_alone > 1e-5


def test_perceptual_pulls_at_the_output_alone(vgg_weights: dict[str, Tensor]) -> None:
    output, content = pictures(1).requires_grad_(), pictures(2).requires_grad_()
    losses.Perceptual(VGG16(vgg_weights), pictures(3, count=1), 200.0)(output, content).sum().backward()
    assert output.grad is not None
    assert output.grad.abs().amax((1, 2, 3)).min() > 0
    assert content.grad is None


@pytest.mark.parametrize("autocast", [False, True])
def test_perceptual_in_bf16_is_close_to_fp32(autocast: bool, vgg_weights: dict[str, Tensor]) -> None:
    output, content, style = pictures(1, 32), pictures(2, 32), pictures(3, 32, 1)
    exact = losses.Perceptual(VGG16(vgg_weights), style, 200.0)(output, content)
    half = losses.Perceptual(VGG16(vgg_weights, torch.bfloat16), style, 200.0)
    with torch.autocast("cpu", torch.bfloat16, enabled=autocast):
        result = half(output, content)
    assert result.dtype == torch.float32
    torch.testing.assert_close(result, exact, rtol=0.03, atol=0)


def test_losses_stay_float32_for_bf16_pictures_and_under_autocast() -> None:
    x, y = pictures(1).bfloat16(), pictures(2)
    with torch.autocast("cpu", torch.bfloat16):
        for loss in (
            losses.reconstruction(x, y),
            losses.identity(x, y),
        ):
            assert loss.dtype == torch.float32
        exact = per_sample(lambda a, b: 2 * np.mean(np.abs(a - b)), x, y)
        np.testing.assert_allclose(losses.reconstruction(x, y), exact, rtol=1e-5)


@pytest.mark.parametrize("name", ["reconstruction", "identity", "perceptual"])
def test_a_samples_loss_does_not_depend_on_the_others(name: str, vgg_weights: dict[str, Tensor]) -> None:
    a, b = pictures(1), pictures(2)
    if name == "perceptual":
        loss: Callable[..., Tensor] = losses.Perceptual(VGG16(vgg_weights), pictures(3, count=1), 200.0)
    else:
        loss = getattr(losses, name)
    together = loss(a, b)
    assert together.shape == (N,)
    for i in range(N):
        torch.testing.assert_close(together[i], loss(a[i : i + 1], b[i : i + 1])[0], rtol=1e-4, atol=1e-7)
