"""The kernel distance against known answers; its formula is compared in tests/equivalence/test_losses.py."""

import pytest
import torch
from torch import Tensor

from pipeline.metrics.kid import kid


def features(seed: int, count: int, shift: float = 0.0) -> Tensor:
    return torch.randn(count, 512, generator=torch.Generator().manual_seed(seed)).double() + shift


def test_kid_does_not_ask_which_set_is_which() -> None:
    a, b = features(0, 5), features(1, 7, 0.3)
    assert kid(a, b) == pytest.approx(kid(b, a), rel=1e-10)


def test_kid_is_near_zero_for_one_distribution_and_grows_with_the_distance() -> None:
    near, far, farther = (kid(features(0, 60), features(1, 60, shift)) for shift in (0.0, 0.3, 0.6))
    assert abs(near) < 0.05 * far < 0.05 * farther
