"""VGG16's pooled features and projections against known answers."""

import pytest
import torch
from torch import Tensor

from pipeline.metrics.features import pooled, projection
from pipeline.networks.vgg16 import VGG16


def features(seed: int, count: int, shift: float = 0.0) -> Tensor:
    return torch.randn(count, 512, generator=torch.Generator().manual_seed(seed)).double() + shift


def test_projection_is_zero_at_the_start_and_one_at_the_end() -> None:
    start, end = features(0, 4), features(1, 6, 1.0)
    assert projection(start, start, end) == pytest.approx(0)
    assert projection(end, start, end) == pytest.approx(1)
    beyond = start + 1.5 * (end.mean(0) - start.mean(0))
    assert projection(beyond, start, end) == pytest.approx(1.5)


def test_pooled_features_are_means_of_the_last_layer(vgg_weights: dict[str, Tensor]) -> None:
    vgg, x = VGG16(vgg_weights), torch.rand(3, 3, 32, 32)
    with torch.no_grad():
        expected = vgg(x)[3].mean((2, 3)).double()
    assert torch.allclose(pooled(vgg, x, 2), expected, atol=1e-4)
