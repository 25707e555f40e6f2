"""What the shared losses keep and leave alone; their formulas are compared in tests/equivalence/test_losses.py."""

import pytest
import torch
from torch import Tensor

from pipeline.networks import losses

N = 3


def scores(seed: int) -> Tensor:
    return torch.randn(N, 1, 3, 4, generator=torch.Generator().manual_seed(seed))


def test_what_each_player_wants_costs_nothing() -> None:
    ones, zeros = torch.ones(2, 1, 3, 3), torch.zeros(2, 1, 3, 3)
    assert torch.equal(losses.generator_loss(ones), torch.zeros(2))
    assert torch.equal(losses.discriminator_loss(ones, zeros), torch.zeros(2))


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_gram_does_not_depend_on_the_layout_and_stays_float32(layout: torch.memory_format) -> None:
    F = torch.randn(N, 6, 4, 5)
    torch.testing.assert_close(losses.gram(F.contiguous(memory_format=layout)), losses.gram(F.double()).float())
    assert losses.gram(F.bfloat16()).dtype == torch.float32


def test_losses_stay_float32_for_bf16_scores_and_under_autocast() -> None:
    s = scores(1).bfloat16()
    with torch.autocast("cpu", torch.bfloat16):
        for loss in (losses.generator_loss(s), losses.discriminator_loss(s, s), losses.mean_per_sample(s)):
            assert loss.dtype == torch.float32
            assert loss.shape == (N,)


def test_a_samples_loss_does_not_depend_on_the_others() -> None:
    real, fake = scores(1), scores(2)
    for together, alone in (
        (losses.generator_loss(fake), [losses.generator_loss(f[None]) for f in fake]),
        (
            losses.discriminator_loss(real, fake),
            [losses.discriminator_loss(r[None], f[None]) for r, f in zip(real, fake, strict=True)],
        ),
    ):
        torch.testing.assert_close(together, torch.cat(alone))


@pytest.mark.parametrize("shape", [(2, 3, 4, 5), (1, 8, 2, 2)])
def test_the_written_out_gradient_of_the_gram_difference_is_autograds(shape: tuple[int, ...]) -> None:
    torch.manual_seed(0)
    features = torch.randn(shape, requires_grad=True)
    target = torch.randn(1, shape[1], shape[1])
    target = target + target.transpose(1, 2)  # a Gram matrix is symmetric
    pull = torch.randn(shape[0])
    plain = losses.mean_per_sample((losses.gram(features) - target).square())
    ours = losses.GramDifference.apply(features, target)
    torch.testing.assert_close(ours, plain)
    (expected,) = torch.autograd.grad(plain, features, pull)
    (gradient,) = torch.autograd.grad(ours, features, pull)
    torch.testing.assert_close(gradient, expected)
