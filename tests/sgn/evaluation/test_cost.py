"""Counted operations against counts by hand."""

import pytest

from pipeline.sgn.evaluation import cost
from pipeline.sgn.model import params

P = params.load()
SMOKE = P.scales["smoke"].train


def of(key: str, scale: params.ScaleTrain) -> dict:
    run = P.runs[key]
    return cost.step(run, scale, 32)


def generator_forward(width: int, blocks: int, size: int) -> int:
    """Multiply-adds of the generator's convolutions for one picture, times two."""
    w, pixels = width, size * size
    first = 49 * 3 * w * pixels
    down = 9 * w * 2 * w * pixels // 4 + 9 * 2 * w * 4 * w * pixels // 16
    residual = blocks * 2 * 9 * 16 * w * w * pixels // 16
    return 2 * (2 * first + 2 * down + residual)


def test_a_reconstruction_alone_costs_about_three_forward_passes() -> None:
    scale = SMOKE.model_copy(update={"width": 16})
    found = of("model1-w100", scale)
    forward = scale.batch * generator_forward(16, scale.blocks, scale.crop)
    # Backward twice as much, but no gradient with respect to the picture; products of the gates are small.
    assert 2.6 * forward < found["flop_step"] < 3.1 * forward
    assert found["parameters"]["discriminators"] == 0


def test_losses_with_weight_zero_cost_nothing() -> None:
    costs = {key: of(key, SMOKE)["flop_step"] for key in ("model1", "model1-w110", "model1-w010", "model1-w001")}
    assert costs["model1-w010"] == costs["model1-w110"] < costs["model1-w001"] < costs["model1"]


@pytest.mark.parametrize("key", ["model1", "singlegan"])
def test_operations_grow_with_the_batch(key: str) -> None:
    one, two = (of(key, SMOKE.model_copy(update={"batch": batch}))["flop_step"] for batch in (1, 2))
    style = 0  # the style image's features are computed once, before the steps
    assert two - style == pytest.approx(2 * one, rel=0.01)
